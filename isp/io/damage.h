// isp/io/damage.h - private: does a decoded picture look like one? Decoders accept files that are not whole.
#pragma once

#include <string>
#include <vector>

#include "isp/frame.h"

namespace argent {

/// One line for each sign: a constant picture, constant rows at its end (a truncated file), large flat parts (missing tiles),
/// nothing but clipped or black pixels. Empty: looks like a picture.
std::vector<std::string> signs_of_damage(const RawFrame& frame);

}  // namespace argent

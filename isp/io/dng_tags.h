// isp/io/dng_tags.h - private: what a DNG says beyond what LibRaw 0.20 hands on. Source: DNG 1.7.1.0, chapters 4, 6 and 7.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "isp/dng_opcodes.h"
#include "isp/dng_profile.h"

namespace argent {

struct DngTags {
  DngOpcodes opcodes;  ///< coordinates as they stand in the file
  DngProfile profile;
  Rect active_area;                   ///< in the whole raw picture
  std::vector<std::string> warnings;  ///< what is damaged and left out, and opcodes that are not known, one line each
};

/// Of the raw picture of that size: its own directory is asked first, then the first one. A field that contradicts itself is left out with
/// a warning. Throws Error, without the path, when the file is no TIFF or has no raw picture of that size.
DngTags read_dng_tags(const std::filesystem::path& path, Size raw_size);

/// NoiseProfile as one model for all planes: the mean of theirs; zero when there is none.
NoiseModel mean_noise(const DngProfile& profile);

}  // namespace argent

// samples/rect_text.h - a part of a picture as people write it on a command line.
#pragma once

#include <string>
#include <string_view>

#include "isp/geometry.h"

namespace argent {

/// "X,Y,W,H" or "WxH+X+Y", whole numbers, W and H at least 1, nothing beyond kMaxSide. Throws Error "<source> \"...\": expected ...".
Rect rect_from_text(std::string_view text, std::string_view source);

/// "X,Y,W,H"
std::string to_text(Rect rect);

/// Throws Error when `part` is not wholly inside a picture of `whole`.
void check_inside(Rect part, Size whole, std::string_view source);

}  // namespace argent

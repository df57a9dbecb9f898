#include "isp/picture_area.h"

#include <array>
#include <string>

#include "models/runtime/error.h"

namespace argent {
namespace {

/// What upright pixel offsets mean in the stored picture: rows of a 2x2 matrix of -1, 0 and 1.
struct Turn {
  int x_per_x, x_per_y, y_per_x, y_per_y;
  bool operator==(const Turn&) const = default;
};

/// EXIF's eight, in their order from 1.
constexpr std::array<Turn, 8> kTurns{{{1, 0, 0, 1},     // normal
                                      {-1, 0, 0, 1},    // mirrored
                                      {-1, 0, 0, -1},   // rotated by 180
                                      {1, 0, 0, -1},    // flipped
                                      {0, 1, 1, 0},     // transposed
                                      {0, 1, -1, 0},    // rotated by 90
                                      {0, -1, -1, 0},   // transversed
                                      {0, -1, 1, 0}}};  // rotated by 270

Turn turn_of(Orientation orientation) { return kTurns[static_cast<std::size_t>(orientation) - 1]; }

Rect whole_picture(const RawFrame& frame, const OutputParams& output) {
  const Rect whole{0, 0, frame.size().width, frame.size().height}, crop = frame.capture.crop;
  if (output.whole_active_area || crop.width < 1 || crop.height < 1) return whole;
  if (crop.x < 0 || crop.y < 0 || crop.width > whole.width - crop.x || crop.height > whole.height - crop.y) {
    throw Error("crop lies outside the active array");
  }
  return crop;
}

}  // namespace

Orientation then(Orientation first, Orientation second) {
  const Turn a = turn_of(first), b = turn_of(second);
  // A pixel of the last picture is looked up in the middle one, and that in the first.
  const Turn both{a.x_per_x * b.x_per_x + a.x_per_y * b.y_per_x, a.x_per_x * b.x_per_y + a.x_per_y * b.y_per_y,
                  a.y_per_x * b.x_per_x + a.y_per_y * b.y_per_x, a.y_per_x * b.x_per_y + a.y_per_y * b.y_per_y};
  for (std::size_t i = 0; i < kTurns.size(); i++) {
    if (kTurns[i] == both) return static_cast<Orientation>(i + 1);
  }
  return Orientation::kNormal;  // not reached: the eight are a group
}

Rect stored_part(Rect upright, Size stored, Orientation orientation) {
  const Size whole = swaps_axes(orientation) ? Size{stored.height, stored.width} : stored;
  if (upright.x < 0 || upright.y < 0 || upright.width < 1 || upright.height < 1 || upright.width > whole.width - upright.x ||
      upright.height > whole.height - upright.y) {
    throw Error("the part ", upright.width, "x", upright.height, "+", upright.x, "+", upright.y, " lies outside of the picture of ", whole,
                " pixels");
  }
  const Turn turn = turn_of(orientation);
  const bool swapped = swaps_axes(orientation);
  // A side that runs backwards is counted from the other end.
  const auto start = [](int direction, int at, int length, int side) { return direction > 0 ? at : side - at - length; };
  Rect part;
  part.width = swapped ? upright.height : upright.width;
  part.height = swapped ? upright.width : upright.height;
  part.x = start(swapped ? turn.x_per_y : turn.x_per_x, swapped ? upright.y : upright.x, part.width, stored.width);
  part.y = start(swapped ? turn.y_per_x : turn.y_per_y, swapped ? upright.x : upright.y, part.height, stored.height);
  return part;
}

Rect sensor_area(const RawFrame& frame, const OutputParams& output, Rect part) {
  const Rect whole = whole_picture(frame, output);
  Rect area = stored_part(part, {whole.width, whole.height}, output.orientation.value_or(frame.capture.orientation));
  area.x += whole.x;
  area.y += whole.y;
  return area;
}

Rect picture_area(const RawFrame& frame, const OutputParams& output) {
  return output.crop ? sensor_area(frame, output, *output.crop) : whole_picture(frame, output);
}

}  // namespace argent

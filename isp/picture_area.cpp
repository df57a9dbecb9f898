#include "isp/picture_area.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include "isp/picture_geometry.h"
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

/// Half of what a side of `length` loses, so that the middle stays where it is.
int lost(int length, double kept) {
  const int half = static_cast<int>(std::ceil((length - length * kept) / 2 - 1e-6));
  return std::min(half, (length - 1) / 2);
}

/// The largest rectangle of a picture's shape inside of that picture when it is rotated.
Rect inside_rotated(Rect whole, double angle) {
  if (angle == 0) return whole;
  const double longest = std::max(whole.width, whole.height), shortest = std::min(whole.width, whole.height);
  const double kept = 1 / (std::cos(angle) + longest / shortest * std::abs(std::sin(angle)));
  const int x = lost(whole.width, kept), y = lost(whole.height, kept);
  return {whole.x + x, whole.y + y, whole.width - 2 * x, whole.height - 2 * y};
}

/// `part` of the upright picture in the stored one, as a part of the active array before anything moves.
Rect straight_area(const RawFrame& frame, const PipelineParams& params, Rect part) {
  const OutputParams& output = params.output;
  const Rect whole = inside_rotated(whole_picture(frame, output), stored_rotation(frame, params));
  Rect area = stored_part(part, {whole.width, whole.height}, output.orientation.value_or(frame.capture.orientation));
  area.x += whole.x;
  area.y += whole.y;
  return area;
}

}  // namespace

bool is_mirrored(Orientation orientation) {
  const Turn turn = turn_of(orientation);
  return turn.x_per_x * turn.y_per_y - turn.x_per_y * turn.y_per_x < 0;
}

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

Rect whole_picture(const RawFrame& frame, const OutputParams& output) {
  const Rect whole{0, 0, frame.size().width, frame.size().height}, crop = frame.capture.crop;
  if (output.whole_active_area || crop.width < 1 || crop.height < 1) return whole;
  if (crop.x < 0 || crop.y < 0 || crop.width > whole.width - crop.x || crop.height > whole.height - crop.y) {
    throw Error("crop lies outside the active array");
  }
  return crop;
}

Rect sensor_area(const RawFrame& frame, const PipelineParams& params, Rect part) {
  Rect area = straight_area(frame, params, part);
  const PictureGeometry geometry(frame, params);
  if (geometry.neutral()) return area;
  const auto moved = [](double middle, int length, int side) {
    return static_cast<int>(std::clamp(std::round(middle - length / 2.0), 0.0, double(std::max(0, side - length))));
  };
  const Place middle = geometry.on_sensor({area.x + area.width / 2.0, area.y + area.height / 2.0}, 1);
  area.x = moved(middle.x, area.width, frame.size().width);
  area.y = moved(middle.y, area.height, frame.size().height);
  return area;
}

Rect picture_area(const RawFrame& frame, const PipelineParams& params) {
  if (params.output.crop) return straight_area(frame, params, *params.output.crop);
  return inside_rotated(whole_picture(frame, params.output), stored_rotation(frame, params));
}

}  // namespace argent

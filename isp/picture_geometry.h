// isp/picture_geometry.h - private: where on the sensor each color of a place in the picture was recorded.
//
// Places are pixels of the active array, (0.5, 0.5) the middle of its first. Those of the picture before rotation and lens mean the same
// ones, so that an area of the picture is a Rect as any.
// Source: DNG 1.7.1.0, chapter 7, WarpRectilinear; GeometryParams for the rest.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <vector>

#include "isp/frame.h"
#include "isp/lateral_color.h"
#include "isp/pipeline_params.h"

namespace argent {

struct Place {
  double x = 0, y = 0;
};

class PictureGeometry {
 public:
  /// A WarpRectilinear opcode wins over frame.lens: a lens is corrected once. Throws Error for one that contradicts itself or, not being
  /// optional, can't be applied (before demosaic, or with planes that the picture lacks).
  PictureGeometry(const RawFrame& frame, const PipelineParams& params);

  /// Nothing is moved, whatever the place.
  bool neutral() const;
  /// Whether a lens correction has red and blue apart from green: else they may be found in the frame.
  bool knows_lateral_color() const;
  void set_lateral_color(const LateralColor& found) { lateral_ = found; }

  /// Of color 0 red, 1 green, 2 blue.
  Place on_sensor(Place picture, std::size_t color) const;

 private:
  Place rotated(Place at) const;
  Place bent(Place at, std::size_t color) const;
  Place through_lens(Place at, std::size_t color) const;

  Size active_;
  Place middle_;     ///< of the camera's picture
  double unit_ = 1;  ///< from there to its corners
  double cosine_ = 1, sine_ = 0;
  double distortion_ = 0, fill_ = 1;
  std::array<double, 3> enlarged_{1, 1, 1};
  LateralColor lateral_;
  std::shared_ptr<const DngOpcodes> opcodes_;  ///< keeps warps_ valid
  std::vector<const WarpRectilinear*> warps_;  ///< in the order of the list
  std::shared_ptr<const LensCorrection> lens_;
};

/// What the light at (x, y), in 0..1 of the active array, is multiplied by to undo the lens's falloff; 1 where that is not known.
double lens_gain(const LensCorrection& lens, Size active, double x, double y);

/// The stored picture's rotation, clockwise in radians: that of the upright one, the other way round where it is mirrored.
double stored_rotation(const RawFrame& frame, const PipelineParams& params);

}  // namespace argent

// isp/geometry_params.h - where the picture's pixels are taken from, beside what a DNG or a lens database says: distortion, color,
// rotation.
#pragma once

namespace argent {

/// r is the distance from the middle of the camera's picture, 1 in its corners. Order, from the sensor to the picture: lens (a DNG's
/// WarpRectilinear, otherwise RawFrame::lens), ca_red and ca_blue, distortion, rotate: one resample. Source: isp/picture_geometry.h.
struct GeometryParams {
  float distortion = 0;  ///< k1: the picture's r is found at r (1 + k1 r^2) on the sensor, scaled so that nothing outside of it shows
  float ca_red = 1;      ///< how much red is enlarged against green, as dcraw's -C
  float ca_blue = 1;     ///< how much blue is
  bool ca_auto = false;  ///< both found in the frame, where no lens correction has them: isp/lateral_color.h
  float rotate = 0;      ///< degrees clockwise, of the upright picture, which becomes the largest one of its shape inside
};

inline constexpr float kLargestRotation = 45;

template <class List>
void describe(List& list, GeometryParams& p) {
  list.field("distortion", p.distortion, {.min = -0.3, .max = 0.3, .doc = "k1 of r^2, r = 1 in the corners: below 0 mends barrels"});
  list.field("ca_red", p.ca_red, {.min = 0.98, .max = 1.02, .doc = "red is enlarged against green, as dcraw's -C"});
  list.field("ca_blue", p.ca_blue, {.min = 0.98, .max = 1.02, .doc = "the same of blue"});
  list.field("ca_auto", p.ca_auto, {.doc = "both found in the frame, where no lens correction has them"});
  list.field(
      "rotate", p.rotate,
      {.min = -kLargestRotation, .max = kLargestRotation, .unit = "degrees", .doc = "clockwise, cropped to the largest picture inside"});
}

}  // namespace argent

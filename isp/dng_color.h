// isp/dng_color.h - color as DNG defines it: from a profile's matrices and the light to CIE XYZ.
//
// Source: DNG 1.7.1.0, chapter 6 "Mapping Camera Color Space to CIE XYZ Space". Notation of its text: AB AnalogBalance (diagonal), CC
// CameraCalibration, CM ColorMatrix, FM ForwardMatrix; n the camera's neutral: its answer to white.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "isp/color.h"
#include "isp/dng_profile.h"
#include "isp/frame.h"

namespace argent {

/// The two lights of a profile that can be used, by rising temperature.
struct ProfileLight {
  float cct = 0;                         ///< kelvin, of its code; 5500 when only one light is given and its code names none
  Mat3 color = kIdentity3;               ///< CM
  Mat3 calibration = kIdentity3;         ///< CC
  std::optional<Mat3> forward;           ///< FM, its rows scaled so that (1, 1, 1) becomes the XYZ of D50, as the text demands of it
  const HueSatTable* hue_sat = nullptr;  ///< into the profile; nullptr: none
};
std::vector<ProfileLight> lights_of(const DngProfile& profile);

/// Where a temperature lies between two lights, linear in reciprocal temperature and constant outside: 0 the first, 1 the last.
float weight_at(std::span<const ProfileLight> lights, float cct);

/// What a light makes of a profile.
struct ProfileColor {
  Mat3 balanced_to_xyz = kIdentity3;  ///< white-balanced camera RGB (white is (1, 1, 1)) to XYZ of D50, white at Y = 1
  float weight = 0;                   ///< of the second light: weight_at()
};

/// `gains` are what white balance multiplies R, G, B by: n = 1 / gains. `cct` chooses between the lights; 0: that of n, by the iteration
/// between neutral and interpolated matrix (cct_of_gains). FM given for every light: FM inverse(diag(inverse(AB CC) n)) inverse(AB CC)
/// diag(n), else the adaptation of the white that n is (Bradford) to D50 times inverse(AB CC CM) diag(n). nullopt without any light, or
/// when a matrix on the way is singular.
std::optional<ProfileColor> color_of(const DngProfile& profile, const Vec3& gains, float cct);

/// The profile's table at a weight: its nodes lie linearly between the two lights' (chapter 6, "Hue/Saturation/Value Mapping Table"). One
/// light's alone where the other has none; empty when neither has one.
HueSatTable hue_sat_at(const DngProfile& profile, float weight);

/// A profile of a kind of camera (a DCP) on a picture of one camera: AnalogBalance, which is the sensor's, and what is no color stay the
/// picture's. Its CameraCalibrations do not: they belong to the profile that they were made beside.
DngProfile applied_to(const DngProfile& profile, const DngProfile* picture);

/// The frame's colors are the profile's from here on, its sensor's matrices included. A monochrome frame has none and stays as it is. Adds
/// a warning to the frame when the profile names another camera.
void apply(const DngProfile& profile, RawFrame& frame);

}  // namespace argent

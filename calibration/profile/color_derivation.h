// calibration/profile/color_derivation.h - private: a profile's color in the form that another format asks for.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "calibration/profile/camera_profile.h"

namespace argent {

/// What tunings for ISPs say: matrices to sRGB by rising cct, and the whites. Taken from the profile as they are, or computed from its DNG
/// matrices; then `remarks` says so.
struct IspColor {
  std::vector<ColorCorrection> corrections;
  std::vector<CctPoint> curve;
  std::vector<std::string> remarks;
};
IspColor isp_color_of(const CameraProfile& profile);

/// What a DCP says. A profile's own DCP as it is; matrices at no more than two lights of EXIF's; from corrections and whites, computed: the
/// correction undone, then the white balance, then the adaptation to D65 (Bradford). No color matrix in it: nothing is known.
struct DngColor {
  DngProfile profile;
  std::vector<std::string> remarks;
};
DngColor dng_color_of(const CameraProfile& profile);

/// The way back, of a DCP's matrices: matrices, and corrections where it has forward matrices.
CameraProfile profile_of_dng(const DngProfile& dng);

/// Black of R, G on R's rows, G on B's rows, B on a scale of 16 bits; nullopt when the profile does not say black and white.
std::optional<std::array<float, 4>> black_of_16_bits(const CameraProfile& profile);

/// One line each on what of a profile no tuning of an ISP has a place for: parameters that are not the defaults, defects.
std::vector<std::string> left_out_of(const CameraProfile& profile);

}  // namespace argent

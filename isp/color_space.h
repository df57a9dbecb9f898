// isp/color_space.h - what a picture's numbers mean: primaries, white and transfer function of each output.
//
// All of them have the white D65, (0.3127, 0.3290). Camera color has no primaries and is not to be asked for any; encoded as sRGB is.
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "isp/color.h"
#include "isp/image.h"

namespace argent {

/// CIE 1931 chromaticities.
struct Primaries {
  Chromaticity red, green, blue;
};
inline constexpr Chromaticity kD65{0.3127f, 0.3290f}, kD50{0.3457f, 0.3585f};

/// IEC 61966-2-1; SMPTE EG 432-1; ITU-R BT.2020-2, table 3. Throws Error for camera color.
Primaries primaries_of(ColorSpace space);

/// Columns are the primaries' XYZ with white at Y = 1. SMPTE RP 177-1993. Throws Error when the primaries lie on a line.
Mat3 rgb_to_xyz(const Primaries& primaries, Chromaticity white);

/// Linear sRGB to linear RGB of another space; identity for sRGB and camera color.
Mat3 srgb_to(ColorSpace space);

/// ROMM RGB (ISO 22028-2), the space of DNG's tables, which has D50: linear sRGB to it, adapted by Bradford, and back.
Mat3 srgb_to_pro_photo();
Mat3 pro_photo_to_srgb();
Mat3 xyz_d50_to_pro_photo();

/// Display light to code, both 0..1, and back: sRGB, Display P3 and Rec. 2020 have IEC 61966-2-1's function, PQ SMPTE ST 2084's with light
/// 1 at kPqPeak. BT.2020's own function is a camera's, the inverse of which no display has (BT.1886), and its codes lie 2.9 times as far
/// apart near black: with it 8 bits of a real picture differ from sRGB's by 0.52 CIEDE2000 on average. The ICC profile says which it is.
/// Values outside 0..1 are clamped.
double encoded(ColorSpace space, double light);
double decoded(ColorSpace space, double code);

/// cd/m2. White of a picture without highlights (BT.2408-7, table 1), and the brightest that is made.
inline constexpr double kPqWhite = 203, kPqPeak = 1000;

/// "srgb", "p3", "rec2020", "rec2100-pq", "camera": as the command line has it.
std::string_view name_of(ColorSpace space);
std::optional<ColorSpace> color_space_from_name(std::string_view name);
inline constexpr std::array kColorSpaces{ColorSpace::kSrgb, ColorSpace::kDisplayP3, ColorSpace::kRec2020, ColorSpace::kRec2100Pq,
                                         ColorSpace::kCamera};

}  // namespace argent

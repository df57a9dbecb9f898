// isp/color.h - from the light's color and a sensor's matrices to gains and to the matrix that render applies.
//
// Matrices are 3x3, row-major, and act on column vectors. XYZ is CIE 1931 2 degrees, Y = 1 for white.
#pragma once

#include <array>
#include <optional>
#include <span>

#include "isp/color_temperature.h"

namespace argent {

using Vec3 = std::array<float, 3>;
using Mat3 = std::array<float, 9>;

inline constexpr Mat3 kIdentity3{1, 0, 0, 0, 1, 0, 0, 0, 1};

/// A sensor's response under one illuminant: camera = xyz_to_camera * XYZ, before white balance (DNG's ColorMatrix).
struct ColorMatrix {
  float cct = 6504;  ///< kelvin, of the calibration illuminant
  Mat3 xyz_to_camera = kIdentity3;
};

/// A matrix that takes white-balanced camera RGB to linear sRGB (rows sum to 1), as calibration tools fit it per illuminant.
struct ColorCorrection {
  float cct = 6504;  ///< kelvin
  Mat3 camera_to_srgb = kIdentity3;
};

/// What the sensor makes of white under one light: the cct curve of Raspberry Pi's tunings.
struct CctPoint {
  float cct = 0;            ///< kelvin
  float red = 0, blue = 0;  ///< R/G and B/G of white
};

Mat3 multiply(const Mat3& a, const Mat3& b);
Vec3 multiply(const Mat3& a, const Vec3& v);
/// nullopt when the matrix is singular or not finite.
std::optional<Mat3> inverse(const Mat3& m);

/// Linear in reciprocal temperature between the two neighbors, constant outside (DNG 1.7, chapter 6). `matrices` not empty.
Mat3 xyz_to_camera_at(std::span<const ColorMatrix> matrices, float cct);
Mat3 correction_at(std::span<const ColorCorrection> corrections, float cct);

/// White balance gains of a light, green = 1. Empty curve or matrices: nullopt. Source: gains = 1 / (camera response to white).
std::optional<Vec3> gains_of_cct(std::span<const ColorMatrix> matrices, float cct);
std::optional<Vec3> gains_of_cct(std::span<const CctPoint> curve, float cct);

/// The same of a light beside the locus.
std::optional<Vec3> gains_of_light(std::span<const ColorMatrix> matrices, CorrelatedTemperature light);

/// The light that gains make neutral: DNG 1.7's iteration between neutral and interpolated matrix. nullopt when it has no solution.
std::optional<CorrelatedTemperature> cct_of_gains(std::span<const ColorMatrix> matrices, const Vec3& gains);
/// Nearest point of the curve in (log R/G, log B/G); `duv` is the distance in that plane, greenish positive.
std::optional<CorrelatedTemperature> cct_of_gains(std::span<const CctPoint> curve, const Vec3& gains);

/// White-balanced camera RGB to linear sRGB at a light. White (1, 1, 1) stays white.
/// One matrix: rows of xyz_to_camera * sRGB-to-XYZ normalised, then inverted: the balance happens in camera space, as in dcraw.
/// Two: DNG 1.7's model without ForwardMatrix: interpolated matrix, Bradford from the light's white to D65.
std::optional<Mat3> camera_to_srgb(std::span<const ColorMatrix> matrices, float cct);

/// Bradford chromatic adaptation between two whites, on XYZ.
Mat3 bradford(Chromaticity from, Chromaticity to);

/// XYZ (D65) to linear sRGB, IEC 61966-2-1.
extern const Mat3 kXyzToSrgb;
extern const Mat3 kSrgbToXyz;

/// Angle in degrees between two colors of light seen as vectors: the field's measure of a white balance ("recovery error").
float angular_error(const Vec3& a, const Vec3& b);

float srgb_encode(float linear);  ///< IEC 61966-2-1; below 0: the linear segment
float srgb_decode(float encoded);

}  // namespace argent

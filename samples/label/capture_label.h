// capture_label.h - the light of one capture: by its chart, by something grey in it, or by its temperature.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "calibration/chart/color_checker.h"
#include "calibration/chart/color_matrix_fit.h"
#include "isp/color.h"

namespace argent {

/// A part of the active array, 0..1.
struct PlaneRect {
  float x = 0, y = 0, width = 0, height = 0;
};
/// "x,y,width,height", each 0..1 and inside the frame; throws Error.
PlaneRect plane_rect_from_text(const std::string& text);
/// "x1,y1,..,x4,y4": ColorChecker::corners; throws Error.
Quadrilateral corners_from_text(const std::string& text);

/// What the sensor saw of white, and how sure that is.
struct MeasuredLight {
  std::array<float, 2> light{};  ///< (log R/G, log B/G)
  float deviation = 0;           ///< the larger of both; 0: not known
  std::string source;            ///< "chart", "grey", "kelvin"
  std::optional<ColorChecker> checker{};
  std::optional<PlaneRect> grey{};
};

/// Throws Error: no chart is found, none of its greys is usable.
MeasuredLight light_of_chart(const SensorPicture& picture, const std::optional<Quadrilateral>& by_hand);
/// Mean of the quads in the rectangle; the deviation is that of the means of its 4x4 parts. Throws Error when more than kMostClipped of it
/// is clipped, it is too dark to have a color, or has fewer than 64 quads.
MeasuredLight light_of_grey(const SensorPicture& picture, const PlaneRect& grey);
/// By the curve of whites, else by the matrices. Throws Error when there is neither.
MeasuredLight light_of_kelvin(float kelvin, std::span<const CctPoint> curve, std::span<const ColorMatrix> matrices);

/// Kelvin of a light by curve or matrices; 0: not known.
float kelvin_of(const std::array<float, 2>& light, std::span<const CctPoint> curve, std::span<const ColorMatrix> matrices);

/// DNG's ColorMatrix at A and D65 of a camera that is known by its curve of whites and its matrices to sRGB, as Raspberry Pi's tunings
/// have them. Empty without either.
std::vector<ColorMatrix> matrices_of(std::span<const CctPoint> curve, std::span<const ColorCorrection> corrections);

/// What of a thumbnail's columns x rows pixels is chart or grey card, row-major: 1.
std::vector<std::uint8_t> masked_pixels(const MeasuredLight& light, Size size);

}  // namespace argent

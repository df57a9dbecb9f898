// chart_fixture.h - frames with a rendered ColorChecker in them, and where it truly is.
#pragma once

#include <array>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "calibration/chart/color_checker.h"
#include "isp/frame.h"

namespace argent::chart {

/// What is rendered: a wall with things on it, and a chart of `length` (of the frame's width) turned by `angle` about its center.
struct Rendering {
  Size size{1296, 972};
  CfaPattern cfa = CfaPattern::kRggb;
  bool has_chart = true;
  double angle = 0;               ///< degrees, clockwise
  double length = 0.4;            ///< of the patches' outer edges, in frame widths
  double tilt_x = 0, tilt_y = 0;  ///< perspective: relative change of scale over the chart
  PlaneFraction center{0.5f, 0.5f};
  float cct = 5000, right_cct = 0;  ///< kelvin of the light; on the right side of the chart, 0: the same
  double exposure = 0.8;            ///< green of a white surface
  double slope = 0;                 ///< relative fall of brightness from the frame's left to its right
  double blur = 0.7;                ///< sigma, sensor pixels
  double noise = 0.002;             ///< sigma, of saturation
  double flare = 0;                 ///< green added everywhere
  double glare = 0;                 ///< green added in the middle of a spot
  double glare_radius = 0.12;       ///< of the chart's length; the spot is on patch 8, moderate red
  bool mirrored = false;
};

struct Rendered {
  RawFrame frame;                ///< 12 bits, black 256
  Quadrilateral corners{};       ///< as ColorChecker::corners
  std::array<float, 2> light{};  ///< (u, v) of white at the chart's center
};
Rendered render(const Rendering& rendering);

/// The largest distance of a corner from the truth, in distances of neighboring patches.
double misplacement(const ColorChecker& checker, const Rendered& rendered);

/// As if a chart were seen with these colors: everything in place, unclipped, 100 pixels a patch.
ColorChecker checker_of_colors(const std::function<Vec3(std::size_t patch)>& color);

/// A fixed set of Infinite-ISP's scenes; skips by returning nullopt when the data is not there.
struct Scene {
  std::string name;
  Vec3 stated;  ///< R, G, B of the light, measured on the greys by others; zero: not stated
};
std::vector<Scene> scenes();
std::filesystem::path path_of(const Scene& scene);
RawFrame load(const Scene& scene);

}  // namespace argent::chart

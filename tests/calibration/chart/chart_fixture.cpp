#include "tests/calibration/chart/chart_fixture.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <memory>
#include <numbers>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>
#include <random>

#include "calibration/chart/checker_layout.h"
#include "camera/spectral/illuminants.h"
#include "camera/spectral/reflectances.h"
#include "camera/spectral/sensitivities.h"
#include "isp/io/mosaic_file.h"

// OpenCV keeps its tables for L*a*b* until the process ends, where no pointer is found any more.
extern "C" const char* __lsan_default_suppressions() { return "leak:cv::fastMalloc\n"; }

namespace argent::chart {
namespace {

namespace fs = std::filesystem;

constexpr float kBlack = 256, kWhite = 4095;

Vec3 white_of(float cct) {
  Spectrum flat;
  flat.fill(1);
  return response(analytic_sensitivities(), natural_light(cct), flat);
}

cv::Vec3f color_of(float cct, const Spectrum& surface) {
  const Vec3 c = response(analytic_sensitivities(), natural_light(cct), surface);
  return {c[0], c[1], c[2]};
}

Homography place(const Rendering& r) {
  const double length = r.length * r.size.width, scale = length / (ColorChecker::kColumns - 1 + kPatchSide);
  const double turn = r.angle * std::numbers::pi / 180;
  std::array<cv::Point2d, 4> corners = chart_corners();
  for (cv::Point2d& corner : corners) {
    cv::Point2d p = corner - cv::Point2d(ColorChecker::kColumns / 2.0, ColorChecker::kRows / 2.0);
    const double depth = 1 + r.tilt_x * p.x / ColorChecker::kColumns + r.tilt_y * p.y / ColorChecker::kRows;
    p *= scale / depth;
    if (r.mirrored) p.x = -p.x;
    corner = {r.center.x * r.size.width + p.x * std::cos(turn) - p.y * std::sin(turn),
              r.center.y * r.size.height + p.x * std::sin(turn) + p.y * std::cos(turn)};
  }
  return homography_of(corners);
}

/// A wall of changing brightness, with a picture, a window, a table and a tiled floor: edges, squares and colors that are no chart.
cv::Vec3f background(double x, double y, const cv::Vec3f& white) {
  const auto color = [&](double r, double g, double b) { return cv::Vec3f(float(r) * white[0], float(g) * white[1], float(b) * white[2]); };
  const double wall = 0.35 + 0.15 * std::sin(3 * x + 2 * y) + 0.03 * std::sin(90 * x) * std::sin(70 * y);
  if (x > 0.04 && x < 0.2 && y > 0.05 && y < 0.3) return color(0.2 + x, 0.3 * y + 0.1, 0.25);
  if (x > 0.8 && x < 0.97 && y > 0.06 && y < 0.34) {
    return std::fmod(x * 12, 1) < 0.1 || std::fmod(y * 9, 1) < 0.1 ? color(0.05, 0.05, 0.05) : color(0.55, 0.7, 0.8);
  }
  if (y > 0.88) {
    const bool light = (static_cast<int>(x * 24) + static_cast<int>(y * 20)) % 2 == 0;
    return light ? color(0.5, 0.42, 0.3) : color(0.2, 0.12, 0.08);
  }
  return color(wall, 0.95 * wall, 0.85 * wall);
}

}  // namespace

Rendered render(const Rendering& r) {
  const Homography chart = place(r), back{chart.matrix.inv()};
  const std::array<float, 2> ccts{r.cct, r.right_cct > 0 ? r.right_cct : r.cct};
  std::array<std::array<cv::Vec3f, ColorChecker::kPatches>, 2> colors;
  std::array<cv::Vec3f, 2> whites;
  Spectrum flat;
  flat.fill(1);
  for (std::size_t side = 0; side < 2; side++) {
    whites[side] = color_of(ccts[side], flat);
    for (std::size_t i = 0; i < ColorChecker::kPatches; i++) colors[side][i] = color_of(ccts[side], checker_reflectances()[i]);
  }
  const cv::Point2d spot = chart.at(patch_center(8));
  const double spot_radius = r.glare_radius * r.length * r.size.width;
  cv::Mat3f picture(r.size.height, r.size.width);
  for (int y = 0; y < r.size.height; y++) {
    for (int x = 0; x < r.size.width; x++) {
      const cv::Point2d p = back.at({x + 0.5, y + 0.5});
      const auto along = static_cast<float>(std::clamp(p.x / ColorChecker::kColumns, 0.0, 1.0));
      const auto mixed = [&](const cv::Vec3f& left, const cv::Vec3f& right) { return left * (1 - along) + right * along; };
      const cv::Vec3f white = mixed(whites[0], whites[1]);
      cv::Vec3f color;
      if (!r.has_chart || p.x < -0.2 || p.y < -0.35 || p.x > ColorChecker::kColumns + 0.2 || p.y > ColorChecker::kRows + 0.35) {
        color = background(double(x) / r.size.width, double(y) / r.size.height, white);
      } else {
        const int column = static_cast<int>(std::floor(p.x)), row = static_cast<int>(std::floor(p.y));
        const double dx = std::abs(p.x - column - 0.5), dy = std::abs(p.y - row - 0.5);
        const bool patch =
            column >= 0 && column < ColorChecker::kColumns && row >= 0 && row < ColorChecker::kRows && std::max(dx, dy) < kPatchSide / 2;
        const auto i = static_cast<std::size_t>(row * ColorChecker::kColumns + column);
        color = patch ? mixed(colors[0][i], colors[1][i]) : white * 0.035f;
      }
      color *= static_cast<float>(r.exposure * (1 - r.slope * x / r.size.width));
      const double distance = cv::norm(cv::Point2d(x, y) - spot) / spot_radius;
      color += white * static_cast<float>(r.flare + r.glare * std::exp(-distance * distance));
      picture(y, x) = color;
    }
  }
  if (r.blur > 0) cv::GaussianBlur(picture, picture, {}, r.blur);

  const auto width = static_cast<std::size_t>(r.size.width);
  const auto codes = std::make_shared<std::vector<std::uint16_t>>(width * static_cast<std::size_t>(r.size.height));
  std::mt19937 random(1);
  std::normal_distribution<float> noise(0, static_cast<float>(r.noise));
  const int red_column = r.cfa == CfaPattern::kGrbg || r.cfa == CfaPattern::kBggr,
            red_row = r.cfa == CfaPattern::kGbrg || r.cfa == CfaPattern::kBggr;
  for (int y = 0; y < r.size.height; y++) {
    for (int x = 0; x < r.size.width; x++) {
      const int site = ((y + red_row) % 2) * 2 + (x + red_column) % 2, channel = site == 0 ? 0 : site == 3 ? 2 : 1;
      const float level = picture(y, x)[channel] + (r.noise > 0 ? noise(random) : 0);
      (*codes)[static_cast<std::size_t>(y) * width + static_cast<std::size_t>(x)] =
          static_cast<std::uint16_t>(std::clamp(std::round(kBlack + level * (kWhite - kBlack)), 0.0f, kWhite));
    }
  }

  Rendered out;
  out.frame.sensor.active = r.size;
  out.frame.sensor.cfa = r.cfa;
  out.frame.sensor.bits = 12;
  out.frame.sensor.black.fill(kBlack);
  out.frame.sensor.white.fill(kWhite);
  out.frame.data = codes->data();
  out.frame.stride = r.size.width;
  out.frame.lease = codes;
  const std::array<cv::Point2d, 4> corners = chart_corners();
  for (std::size_t i = 0; i < 4; i++) {
    const cv::Point2d p = chart.at(corners[i]);
    out.corners[i] = {static_cast<float>(p.x / r.size.width), static_cast<float>(p.y / r.size.height)};
  }
  const Vec3 left = white_of(ccts[0]), right = white_of(ccts[1]);
  const auto mean = [&](std::size_t c) { return (left[c] + right[c]) / 2; };
  out.light = {std::log(mean(0) / mean(1)), std::log(mean(2) / mean(1))};
  return out;
}

double misplacement(const ColorChecker& checker, const Rendered& rendered) {
  const double width = rendered.frame.size().width, height = rendered.frame.size().height;
  const auto distance = [&](PlaneFraction a, PlaneFraction b) { return std::hypot((a.x - b.x) * width, (a.y - b.y) * height); };
  const double pitch = distance(rendered.corners[0], rendered.corners[1]) / (ColorChecker::kColumns - 1 + kPatchSide);
  double worst = 0;
  for (std::size_t i = 0; i < 4; i++) worst = std::max(worst, distance(checker.corners[i], rendered.corners[i]) / pitch);
  return worst;
}

ColorChecker checker_of_colors(const std::function<Vec3(std::size_t)>& color) {
  ColorChecker out;
  out.corners = {{{0.2f, 0.2f}, {0.8f, 0.2f}, {0.8f, 0.6f}, {0.2f, 0.6f}}};
  for (std::size_t i = 0; i < ColorChecker::kPatches; i++) {
    out.patches[i].mean = color(i);
    out.patches[i].pixels = 100;
  }
  out.confidence = 1;
  return out;
}

std::vector<Scene> scenes() {
  return {{"ColorCheckerRAW_1920x1080_12bit_BGGR", {}},
          {"Indoor1_2592x1536_8bit_GRBG", {0.759f, 1, 0.323f}},
          {"Outdoor1_2592x1536_8bit_GRBG", {0.459f, 1, 0.603f}},
          {"Outdoor2_2592x1536_8bit_GRBG", {0.491f, 1, 0.634f}}};
}

fs::path path_of(const Scene& scene) {
  const char* folder = std::getenv("ARGENT_DATA");
  const fs::path data = folder ? fs::path(folder) : fs::path(ARGENT_SOURCE_DIR) / "../shared/data";
  return data / "raw/chart_scenes" / (scene.name + ".raw.gz");
}

RawFrame load(const Scene& scene) {
  MosaicDescription description;
  const bool light_box = scene.name.starts_with("ColorChecker");
  description.size = light_box ? Size{1920, 1080} : Size{2592, 1536};
  description.bits = light_box ? 12 : 8;
  description.cfa = light_box ? CfaPattern::kBggr : CfaPattern::kGrbg;
  description.black = std::array<float, 4>{};
  if (!light_box) description.black->fill(12.5f);
  return load_mosaic(path_of(scene), description);
}

}  // namespace argent::chart

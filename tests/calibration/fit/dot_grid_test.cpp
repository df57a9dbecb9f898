#include "calibration/fit/dot_grid.h"

#include <gtest/gtest.h>

#include <cmath>

#include "isp/picture_geometry.h"
#include "models/runtime/error.h"
#include "tests/calibration/fit/mosaic_fixture.h"

namespace argent {
namespace {

constexpr Size kSize{480, 320};
const double kCorner = std::hypot(kSize.width, kSize.height) / 2;

struct Chart {
  LateralColor lateral{};
  double pitch = 32, radius = 8;
  double angle = 0.05;  ///< radians
  double paper = 0.8, ink = 0.05;
  std::array<double, 2> red_offset{};  ///< pixels
};

/// Dots on paper in light that falls off; red and blue lie where `lateral` says.
SceneLight scene_of(const Chart& chart) {
  return [=](double x, double y, int channel) {
    const std::array<double, 2> none{}, k = channel == 0 ? chart.lateral.red : channel == 2 ? chart.lateral.blue : none;
    if (channel == 0) {
      x -= chart.red_offset[0];
      y -= chart.red_offset[1];
    }
    const double sx = x - kSize.width / 2.0, sy = y - kSize.height / 2.0;
    double px = sx, py = sy;
    for (int i = 0; i < 4; i++) {
      const double f = 1 + k[0] + k[1] * (px * px + py * py) / (kCorner * kCorner);
      px = sx / f;
      py = sy / f;
    }
    const double u = std::cos(chart.angle) * px + std::sin(chart.angle) * py, v = std::cos(chart.angle) * py - std::sin(chart.angle) * px;
    const double dx = u - chart.pitch * std::round(u / chart.pitch), dy = v - chart.pitch * std::round(v / chart.pitch);
    const double falloff = 1 - 0.4 * (px * px + py * py) / (kCorner * kCorner);
    constexpr std::array kTint{0.6, 1.0, 0.8};
    return kTint[static_cast<std::size_t>(channel)] * falloff * (std::hypot(dx, dy) < chart.radius ? chart.ink : chart.paper);
  };
}

MosaicFixture noisy(CfaPattern cfa = CfaPattern::kRggb) {
  MosaicFixture fixture;
  fixture.size = kSize;
  fixture.cfa = cfa;
  fixture.blur = 0.6;
  fixture.electrons = 6000;
  fixture.read_noise = 5;
  fixture.samples = 4;
  return fixture;
}

LateralColorFit measured(const Chart& chart, const MosaicFixture& fixture) {
  return fit_lateral_color(find_dots(mosaic_of(scene_of(chart), fixture)), fixture.size);
}

std::string refusal(const std::vector<GridDot>& dots) {
  try {
    fit_lateral_color(dots, kSize);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

double outward(const std::array<double, 2>& k, double r) { return kCorner * r * (k[0] + k[1] * r * r); }

TEST(DotGrid, ShiftsInTheCornersAreRightToATwentiethOfAPixel) {
  const LateralColor truths[] = {{{0.004, -0.002}, {-0.005, 0.003}}, {{0.007, 0}, {0, -0.006}}, {}};
  const CfaPattern orders[] = {CfaPattern::kRggb, CfaPattern::kGrbg, CfaPattern::kGbrg, CfaPattern::kBggr};
  for (std::size_t i = 0; i < 4; i++) {
    const Chart chart{.lateral = truths[i % 3]};
    const LateralColorFit found = measured(chart, noisy(orders[i]));
    EXPECT_GT(found.dots, 80);
    for (const double r : {0.4, 0.7, 1.0}) {
      EXPECT_NEAR(outward(found.lateral.red, r), outward(chart.lateral.red, r), 0.05) << i << ' ' << r;
      EXPECT_NEAR(outward(found.lateral.blue, r), outward(chart.lateral.blue, r), 0.05) << i << ' ' << r;
    }
    EXPECT_NEAR(found.corner[0], outward(chart.lateral.red, 1), 4 * found.corner_error[0]);
    EXPECT_NEAR(found.corner[1], outward(chart.lateral.blue, 1), 4 * found.corner_error[1]);
    EXPECT_LT(found.corner_error[0], 0.03);
    EXPECT_LT(found.residual[0], 0.1);
  }
}

TEST(DotGrid, SmallDotsServeToo) {
  const Chart chart{.lateral = {{0.004, -0.002}, {-0.005, 0.003}}, .pitch = 24, .radius = 4.6, .angle = -0.3};
  const LateralColorFit found = measured(chart, noisy());
  EXPECT_NEAR(found.corner[0], outward(chart.lateral.red, 1), 0.05);
  EXPECT_NEAR(found.corner[1], outward(chart.lateral.blue, 1), 0.05);
}

TEST(DotGrid, ATiltedLensMovesEverythingAndNoScale) {
  const Chart chart{.lateral = {{0.003, 0}, {}}, .red_offset = {0.4, -0.3}};
  const LateralColorFit found = measured(chart, noisy());
  EXPECT_NEAR(found.offset[0][0], 0.4, 0.02);
  EXPECT_NEAR(found.offset[0][1], -0.3, 0.02);
  EXPECT_NEAR(found.corner[0], outward(chart.lateral.red, 1), 0.05);
}

TEST(DotGrid, DirtDoesNotCount) {
  const Chart chart{.lateral = {{0.004, 0}, {-0.003, 0}}};
  std::vector<GridDot> dots = find_dots(mosaic_of(scene_of(chart), noisy()));
  for (std::size_t i = 0; i < dots.size(); i += 6) dots[i].red = {1.5, -2};
  const LateralColorFit found = fit_lateral_color(dots, kSize);
  EXPECT_NEAR(found.corner[0], outward(chart.lateral.red, 1), 0.08);
}

TEST(DotGrid, DotsAreWhereTheyAre) {
  const Chart chart{.angle = 0};
  const std::vector<GridDot> dots = find_dots(mosaic_of(scene_of(chart), noisy()));
  for (const GridDot& dot : dots) {
    const double u = (dot.x - kSize.width / 2.0) / chart.pitch, v = (dot.y - kSize.height / 2.0) / chart.pitch;
    EXPECT_NEAR(u, std::round(u), 0.15 / chart.pitch);
    EXPECT_NEAR(v, std::round(v), 0.15 / chart.pitch);
    EXPECT_NEAR(dot.radius, chart.radius, 1);
  }
  EXPECT_EQ(dots.size(), 13u * 9);  // those whose paper is cut by the border are left out
}

TEST(DotGrid, ClippedPaperAndOtherShapesAreNoDots) {
  EXPECT_TRUE(find_dots(mosaic_of(scene_of({.paper = 3}), noisy())).size() < 20);
  const SceneLight stripes = [](double x, double y, int) { return std::fmod(x + y / 3, 40) < 16 ? 0.05 : 0.8; };
  EXPECT_TRUE(find_dots(mosaic_of(stripes, noisy())).empty());
  const SceneLight squares = [](double x, double y, int) { return std::fmod(x, 40) < 16 && std::fmod(y, 40) < 16 ? 0.05 : 0.8; };
  EXPECT_TRUE(find_dots(mosaic_of(squares, noisy())).empty());
  MosaicFixture tiny = noisy();
  tiny.size = {1, 1};
  EXPECT_TRUE(find_dots(mosaic_of(squares, tiny)).empty());
}

TEST(DotGrid, SaysWhatIsMissing) {
  std::vector<GridDot> dots = find_dots(mosaic_of(scene_of({}), noisy()));
  EXPECT_EQ(refusal(dots), "");
  std::vector<GridDot> few(dots.begin(), dots.begin() + 19), left, middle;
  for (const GridDot& dot : dots) {
    if (dot.x < kSize.width / 2.0) left.push_back(dot);
    if (std::hypot(dot.x - kSize.width / 2.0, dot.y - kSize.height / 2.0) < 0.5 * kCorner) middle.push_back(dot);
  }
  EXPECT_NE(refusal(few).find("found 19 dots, expected 20"), std::string::npos);
  EXPECT_NE(refusal(left).find("0 dots in a quarter"), std::string::npos);
  EXPECT_NE(refusal(middle).find("outermost dot"), std::string::npos);
  for (std::size_t i = 0; i < dots.size(); i++) dots[i].blue = {i % 2 == 0 ? 3.0 : -3.0, i % 3 == 0 ? 3.0 : -3.0};
  EXPECT_NE(refusal(dots).find("blue in the corners uncertain"), std::string::npos);
}

// What the picture's geometry does with the scale: the shift that is left, over the whole picture, against those of other scales.
TEST(DotGrid, TheScaleLeavesLeast) {
  const LateralColor lateral{{0.004, -0.002}, {-0.005, 0.003}};
  const auto left = [&](float ca_red) {
    PipelineParams params;
    params.geometry.ca_red = ca_red;
    RawFrame frame;
    frame.sensor.active = kSize;
    const PictureGeometry geometry(frame, params);
    double sum = 0;
    for (int y = 5; y < kSize.height; y += 10) {
      for (int x = 5; x < kSize.width; x += 10) {
        const auto at = geometry.on_sensor({double(x), double(y)}, 0);
        const double dx = x - kSize.width / 2.0, dy = y - kSize.height / 2.0, r2 = (dx * dx + dy * dy) / (kCorner * kCorner);
        const double f = 1 + lateral.red[0] + lateral.red[1] * r2;  // where red of this place was recorded
        sum += std::pow(at.x - kSize.width / 2.0 - f * dx, 2) + std::pow(at.y - kSize.height / 2.0 - f * dy, 2);
      }
    }
    return sum;
  };
  const float best = geometry_of(lateral, kSize).ca_red;
  EXPECT_LT(best, 1);
  EXPECT_LT(left(best), left(best + 0.0001f));
  EXPECT_LT(left(best), left(best - 0.0001f));
  EXPECT_LT(left(best), 0.1 * left(1));
}

}  // namespace
}  // namespace argent

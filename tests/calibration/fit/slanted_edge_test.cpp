#include "calibration/fit/slanted_edge.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "models/runtime/error.h"
#include "tests/calibration/fit/mosaic_fixture.h"

namespace argent {
namespace {

using std::numbers::pi;

struct Edge {
  double angle = 5;      ///< degrees
  bool vertical = true;  ///< else near-horizontal
  double low = 0.15, high = 0.75;
  double bow = 0;  ///< pixels, at the frame's ends
  double polarity = 1;
};

/// A step through the middle of `size`; colors have tints of their own.
SceneLight scene_of(const Edge& edge, Size size) {
  return [=](double x, double y, int channel) {
    const double a = edge.vertical ? x - size.width / 2.0 : y - size.height / 2.0;
    const double b = edge.vertical ? y - size.height / 2.0 : x - size.width / 2.0;
    const double half = (edge.vertical ? size.height : size.width) / 2.0;
    const double at = std::tan(edge.angle * pi / 180) * b + edge.bow * (b / half) * (b / half);
    constexpr std::array kTint{0.7, 1.0, 0.8};
    return kTint[static_cast<std::size_t>(channel)] * ((a - at) * edge.polarity > 0 ? edge.high : edge.low);
  };
}

double sinc(double x) { return x == 0 ? 1 : std::sin(pi * x) / (pi * x); }

/// Of a Gaussian and a square pixel, along the normal of an edge.
double true_mtf(double sigma, double angle, double f) {
  const double a = angle * pi / 180;
  return gaussian_mtf(sigma, f) * sinc(f * std::cos(a)) * sinc(f * std::sin(a));
}

double true_mtf50(double sigma, double angle) {
  double f = 0;
  while (true_mtf(sigma, angle, f) > 0.5) f += 1e-4;
  return f;
}

/// 40 dB on the bright side.
MosaicFixture noisy(double sigma, CfaPattern cfa = CfaPattern::kRggb, int seed = 1) {
  MosaicFixture fixture;
  fixture.size = {160, 200};
  fixture.cfa = cfa;
  fixture.blur = sigma;
  fixture.electrons = 14'000;
  fixture.read_noise = 10;
  fixture.seed = seed;
  return fixture;
}

SlantedEdge measured(const Edge& edge, const MosaicFixture& fixture) {
  return measure_slanted_edge(mosaic_of(scene_of(edge, fixture.size), fixture));
}

std::string refusal(const RawFrame& frame, const std::optional<Rect>& area = std::nullopt) {
  try {
    measure_slanted_edge(frame, area);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(SlantedEdge, Mtf50IsTrueToTwoPercent) {
  const CfaPattern orders[] = {CfaPattern::kRggb, CfaPattern::kGrbg, CfaPattern::kGbrg, CfaPattern::kBggr};
  int count = 0;
  for (const double sigma : {0.4, 0.7, 1.0, 1.5}) {
    for (const double angle : {2.5, 5.0, -9.5, 19.0}) {
      const Edge edge{.angle = angle, .vertical = count % 2 == 0, .polarity = count % 3 == 0 ? -1.0 : 1.0};
      const SlantedEdge found = measured(edge, noisy(sigma, orders[count % 4], count + 1));
      EXPECT_NEAR(std::abs(found.angle), std::abs(angle), 0.05);
      EXPECT_EQ(found.direction == SlantedEdge::Direction::kNearVertical, edge.vertical);
      for (const EdgeResponse& color : found.colors) {
        const double truth = true_mtf50(sigma, angle);
        EXPECT_NEAR(color.mtf50 / truth, 1, 0.02) << "sigma " << sigma << " angle " << angle << " order " << count % 4;
        EXPECT_LT(std::abs(color.mtf50 - truth), 4 * color.mtf50_error + 0.004 * truth);
        EXPECT_GT(color.signal_to_noise, 30);
      }
      count++;
    }
  }
}

// Where twice the slant is a simple fraction, a color's pixels lie at two or four distances and no others.
TEST(SlantedEdge, AnglesThatLeaveGaps) {
  for (const double slope : {1 / 4.0, 1 / 8.0, 1 / 10.0}) {
    const double angle = std::atan(slope) * 180 / pi;
    const SlantedEdge found = measured({.angle = angle}, noisy(0.6));
    for (const EdgeResponse& color : found.colors) EXPECT_NEAR(color.mtf50 / true_mtf50(0.6, angle), 1, 0.02) << slope;
  }
}

TEST(SlantedEdge, WholeCurveAndWidth) {
  const double sigma = 0.8, angle = 5;
  MosaicFixture fixture = noisy(sigma);
  fixture.electrons = 0;
  const SlantedEdge found = measured({.angle = angle}, fixture);
  for (const EdgeResponse& color : found.colors) {
    ASSERT_EQ(color.mtf.size(), 51u);
    for (std::size_t i = 0; i < color.mtf.size(); i++)
      EXPECT_NEAR(color.mtf[i], true_mtf(sigma, angle, static_cast<double>(i) * EdgeResponse::kStep), 0.01) << i;
    // The pixel's box adds a twelfth to the variance; 10 % to 90 % of a Gaussian are 2.563 of its deviations.
    EXPECT_NEAR(color.width, 2.563 * std::sqrt(sigma * sigma + 1 / 12.0), 0.02);
    EXPECT_NEAR(color.contrast, 0.6 / 0.9, 0.01);
    EXPECT_NEAR(color.sigma, sigma_of_mtf50(true_mtf50(sigma, angle)), 0.01);
  }
}

TEST(SlantedEdge, ErrorsAreWhatRepeatedFramesSpread) {
  double sum = 0, squares = 0, error = 0, width_sum = 0, width_squares = 0, width_error = 0;
  constexpr int kFrames = 24;
  for (int seed = 1; seed <= kFrames; seed++) {
    MosaicFixture fixture = noisy(0.7, CfaPattern::kRggb, seed);
    fixture.electrons = 3000;
    const EdgeResponse red = measured({}, fixture).colors[0];
    sum += red.mtf50;
    squares += red.mtf50 * red.mtf50;
    error += red.mtf50_error / kFrames;
    width_sum += red.width;
    width_squares += red.width * red.width;
    width_error += red.width_error / kFrames;
  }
  const auto spread = [](double s, double q) { return std::sqrt((q - s * s / kFrames) / (kFrames - 1)); };
  EXPECT_NEAR(error / spread(sum, squares), 1, 0.4);
  EXPECT_NEAR(width_error / spread(width_sum, width_squares), 1, 0.4);
}

TEST(SlantedEdge, ASlightBowIsFollowed) {
  const SlantedEdge found = measured({.angle = 6, .bow = 1.5}, noisy(0.6));
  EXPECT_NEAR(found.bow, 1.5, 0.3);
  EXPECT_NEAR(found.colors[1].mtf50 / true_mtf50(0.6, 6), 1, 0.02);
}

TEST(SlantedEdge, ColorsThatLieApartAreMeasuredEachByItself) {
  const MosaicFixture fixture = noisy(0.7);
  const SceneLight scene = scene_of({}, fixture.size);
  const SlantedEdge found =
      measure_slanted_edge(mosaic_of([&](double x, double y, int channel) { return scene(x + 0.6 * (channel - 1), y, channel); }, fixture));
  for (const EdgeResponse& color : found.colors) EXPECT_NEAR(color.mtf50 / true_mtf50(0.7, 5), 1, 0.02);
}

TEST(SlantedEdge, FindsASquareInAFrameAndInARectangle) {
  MosaicFixture fixture = noisy(0.6);
  fixture.size = {320, 300};
  // A dark square, turned, and beside it an edge at 45 degrees with more contrast.
  const SceneLight scene = [](double x, double y, int) {
    const double a = 7 * pi / 180, dx = x - 110, dy = y - 150, u = std::cos(a) * dx + std::sin(a) * dy,
                 v = std::cos(a) * dy - std::sin(a) * dx;
    if (std::abs(u) < 60 && std::abs(v) < 70) return 0.2;
    return x - y > 130 ? 0.01 : 0.7;
  };
  const RawFrame frame = mosaic_of(scene, fixture);
  const SlantedEdge anywhere = measure_slanted_edge(frame);
  EXPECT_NEAR(std::abs(anywhere.angle), 7, 0.05);
  EXPECT_NEAR(anywhere.colors[1].mtf50 / true_mtf50(0.6, 7), 1, 0.02);
  EXPECT_GT(anywhere.area.height, 60);
  const Rect bottom{70, 190, 80, 60};
  const SlantedEdge there = measure_slanted_edge(frame, bottom);
  EXPECT_EQ(there.direction, SlantedEdge::Direction::kNearHorizontal);
  EXPECT_GE(there.area.y, bottom.y);
  EXPECT_NEAR(there.colors[2].mtf50 / true_mtf50(0.6, 7), 1, 0.03);
}

TEST(SlantedEdge, SaysWhatIsWrong) {
  const auto of = [](const Edge& edge, const MosaicFixture& fixture) { return refusal(mosaic_of(scene_of(edge, fixture.size), fixture)); };
  EXPECT_NE(of({.high = 1.4}, noisy(0.6)).find("clipped pixels"), std::string::npos);
  EXPECT_NE(of({.low = 0.5, .high = 0.6}, noisy(0.6)).find("contrast of 0.0"), std::string::npos);
  EXPECT_NE(of({.angle = 40}, noisy(0.6)).find("degrees off the axis"), std::string::npos);
  EXPECT_NE(of({.angle = 0.5}, noisy(0.6)).find("degrees off the axis"), std::string::npos);
  EXPECT_NE(of({.angle = 6, .bow = 12}, noisy(0.6)).find("not straight"), std::string::npos);
  EXPECT_NE(of({.low = 0.5, .high = 0.5}, noisy(0.6)).find("nothing in it has contrast"), std::string::npos);
  EXPECT_NE(of({}, noisy(4)).find("pixels wide"), std::string::npos);
  MosaicFixture grainy = noisy(0.6);
  grainy.electrons = 300;
  EXPECT_NE(of({.low = 0.05, .high = 0.4}, grainy).find("times the noise"), std::string::npos) << of({.low = 0.05, .high = 0.4}, grainy);
  MosaicFixture small = noisy(0.6);
  small.size = {160, 36};
  EXPECT_NE(of({}, small).find("shorter than 40 pixels"), std::string::npos) << of({}, small);
}

TEST(SlantedEdge, RefusesFramesThatAreNone) {
  RawFrame frame = mosaic_of(scene_of({}, {160, 200}), noisy(0.6));
  for (const Rect& area : {Rect{100, 0, 61, 200}, Rect{-1, 0, 60, 200}, Rect{0, 0, 0, 9}, Rect{0, 9, 9, 2147483647}})
    EXPECT_EQ(refusal(frame, area), "a rectangle outside of a frame of 160x200");
  frame.sensor.cfa = CfaPattern::kMonochrome;
  EXPECT_THROW(measure_slanted_edge(frame), Error);
  MosaicFixture tiny = noisy(0.6);
  tiny.size = {3, 2};
  EXPECT_NE(refusal(mosaic_of(scene_of({}, tiny.size), tiny)), "");
}

TEST(SlantedEdge, SigmaAndMtf50AreOneGaussians) {
  for (const double sigma : {0.3, 0.8, 2.0}) {
    double f = 0;
    while (gaussian_mtf(sigma, f) > 0.5) f += 1e-5;
    EXPECT_NEAR(sigma_of_mtf50(f) / sigma, 1, 1e-3);
  }
  EXPECT_NEAR(gaussian_mtf(1, 0.5), std::exp(-pi * pi / 2), 1e-12);
}

TEST(SlantedEdge, SharpeningTakesBackWhatWasMeasured) {
  const auto with = [](double sigma) {
    EdgeResponse out;
    out.sigma = sigma;
    for (int i = 0; i <= 50; i++) out.mtf.push_back(gaussian_mtf(sigma, i * EdgeResponse::kStep));
    return out;
  };
  EXPECT_NEAR(sharpening_of(with(0.7)).radius, 0.7, 1e-6);
  EXPECT_EQ(sharpening_of(with(0.7)).amount, 1);
  EXPECT_EQ(sharpening_of(with(0.2)).amount, 0);
  EXPECT_EQ(sharpening_of(with(2.5)).radius, 1.5f);
  // A response that falls late and steeply has little to give back before it rings.
  EdgeResponse late = with(0.7);
  for (std::size_t i = 0; i < 30; i++) late.mtf[i] = 1;
  const SharpenParams held = sharpening_of(late);
  EXPECT_GT(held.amount, 0);
  EXPECT_LT(held.amount, 0.5);
}

}  // namespace
}  // namespace argent

#include "calibration/fit/cct_curve_fit.h"

#include <gtest/gtest.h>

#include <cmath>

#include "calibration/synthesis/best_color_matrix.h"
#include "camera/spectral/illuminants.h"
#include "camera/spectral/reflectances.h"
#include "isp/color.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

std::array<double, 2> white_of(const Spectrum& light) {
  const Vec3 seen = response(analytic_sensitivities(), light, white_surface());
  return {std::log(static_cast<double>(seen[0] / seen[1])), std::log(static_cast<double>(seen[2] / seen[1]))};
}

std::vector<ColorMatrix> matrices() {
  std::vector<ColorMatrix> out;
  for (const float cct : {2856.f, 6504.f}) {
    const Spectrum light = natural_light(cct);
    const BestColorMatrix best = best_color_matrix(analytic_sensitivities(), light, BrightnessFit::kKnown);
    const std::array<double, 2> uv = white_of(light);
    const Vec3 white{static_cast<float>(std::exp(uv[0])), 1, static_cast<float>(std::exp(uv[1]))};
    Mat3 matrix = inverse(best.camera_to_xyz).value();
    for (std::size_t i = 0; i < 9; i++) matrix[i] *= white[i / 3];
    out.push_back({cct, matrix});
  }
  return out;
}

std::vector<WhiteCapture> captures(std::initializer_list<float> ccts) {
  std::vector<WhiteCapture> out;
  for (const float cct : ccts) out.push_back({cct, white_of(natural_light(cct)), true});
  return out;
}

TEST(CctCurveFit, RightBetweenTheCapturesToo) {
  const CctCurveFit fit = fit_cct_curve(captures({2856, 4000, 6504}), matrices());
  EXPECT_EQ(fit.measured_from, 2856);
  EXPECT_EQ(fit.measured_to, 6504);
  for (const float cct : {2856.f, 3200.f, 3600.f, 4000.f, 4600.f, 5400.f, 6504.f, 7500.f}) {
    const auto gains = gains_of_cct(std::span<const CctPoint>(fit.curve), cct);
    const std::array<double, 2> truth = white_of(natural_light(cct));
    EXPECT_NEAR(1 / static_cast<double>((*gains)[0]) / std::exp(truth[0]), 1, 0.01) << cct;
    EXPECT_NEAR(1 / static_cast<double>((*gains)[2]) / std::exp(truth[1]), 1, 0.01) << cct;
  }
  for (std::size_t i = 1; i < fit.curve.size(); i++) EXPECT_GT(fit.curve[i].cct, fit.curve[i - 1].cct);
}

TEST(CctCurveFit, LampsOffTheLocusWidenIt) {
  std::vector<WhiteCapture> some = captures({2856, 4000, 6504});
  some.push_back({4000, white_of(illuminant("FL2")), false});
  const CctCurveFit fit = fit_cct_curve(some, matrices());
  EXPECT_GT(std::abs(fit.off_curve.back()), 0.02);
  EXPECT_GT(std::max(fit.transverse_positive, fit.transverse_negative), 0.01f);
  const CctCurveFit without = fit_cct_curve(captures({2856, 4000, 6504}), matrices());
  EXPECT_EQ(fit.curve.size(), without.curve.size()) << "the curve itself is natural light's";
}

TEST(CctCurveFit, LabelsThatContradictTheColors) {
  std::vector<WhiteCapture> swapped = captures({2856, 4000, 6504});
  std::swap(swapped[0].cct, swapped[2].cct);
  EXPECT_THROW(fit_cct_curve(swapped, matrices()), Error);
  // A tint that turns two neighbors round a little is no wrong label.
  std::vector<WhiteCapture> tinted = captures({2856, 5000, 5200});
  tinted[1].uv[0] -= 0.02;
  EXPECT_NO_THROW(fit_cct_curve(tinted, matrices()));
}

TEST(CctCurveFit, RefusesWhatGivesNoCurve) {
  EXPECT_THROW(fit_cct_curve({}, matrices()), Error);
  EXPECT_THROW(fit_cct_curve(captures({5000}), {}), Error);
  std::vector<WhiteCapture> bad = captures({5000});
  bad[0].uv[1] = std::nan("");
  EXPECT_THROW(fit_cct_curve(bad, matrices()), Error);
  bad = captures({5000});
  bad[0].cct = 30;
  EXPECT_THROW(fit_cct_curve(bad, matrices()), Error);
}

}  // namespace
}  // namespace argent

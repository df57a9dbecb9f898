#include "calibration/fit/focus_map.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <random>

#include "calibration/evaluation/focus_curves.h"
#include "camera/simulation/lens_model.h"
#include "camera/simulation/simulated_camera.h"
#include "camera/simulation/zone_plant.h"
#include "isp/pipeline.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

constexpr double kInfinity = 120, kPerDioptre = 60;  // of the driver in these tests

double code_at(double dioptres) { return kInfinity + kPerDioptre * dioptres; }

/// Contrast of a law of defocus, with noise.
struct Curve {
  double dioptres = 2, width = 0.3;  ///< dioptres
  double noise = 0.01;
  double shift = 0;  ///< codes
  double step = 6;   ///< codes
  double from = 60, to = 800;
  int repeats = 1;
  unsigned seed = 1;
  std::function<double(double)> code = code_at;
};

FocusSweep sweep_of(const Curve& curve) {
  std::mt19937 random(curve.seed + static_cast<unsigned>(1000 * curve.dioptres));
  std::normal_distribution<double> normal;
  FocusSweep sweep;
  sweep.dioptres = curve.dioptres;
  const double peak = curve.code(curve.dioptres) + curve.shift, step = curve.to > curve.from ? curve.step : -curve.step;
  for (double code = curve.from; (curve.to - code) * step >= 0; code += step) {
    const double d = (code - peak) / (curve.width * kPerDioptre), contrast = std::pow(1 + d * d, -1.5);
    for (int i = 0; i < curve.repeats; i++)
      sweep.samples.push_back({static_cast<float>(code), static_cast<float>(std::max(0.0, contrast * (1 + curve.noise * normal(random))))});
  }
  return sweep;
}

std::string refusal(const std::vector<FocusSweep>& sweeps) {
  try {
    fit_focus_map(sweeps);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(FocusSweep, PeakWidthAndNoise) {
  for (const int repeats : {1, 3}) {
    const SweepPeak peak = find_peak(sweep_of({.dioptres = 3, .repeats = repeats}));
    EXPECT_EQ(peak.left_out, "");
    EXPECT_NEAR(peak.code, code_at(3), 3 * peak.error);
    EXPECT_LT(peak.error, 2);
    EXPECT_NEAR(peak.width, 2 * 0.766 * 0.3 * kPerDioptre, 1.5);  // half of (1 + d^2)^-1.5 is at d = 0.766
    EXPECT_NEAR(peak.noise, 0.01, 0.008);
    EXPECT_EQ(peak.way, SweepPeak::Way::kRisingCodes);
  }
  EXPECT_EQ(find_peak(sweep_of({.from = 800, .to = 60})).way, SweepPeak::Way::kFallingCodes);
}

TEST(FocusSweep, ErrorsAreWhatRepeatedSweepsSpread) {
  double squares = 0, errors = 0;
  constexpr int kSweeps = 40;
  for (unsigned seed = 1; seed <= kSweeps; seed++) {
    const SweepPeak peak = find_peak(sweep_of({.noise = 0.03, .seed = seed}));
    squares += std::pow(peak.code - code_at(2), 2) / kSweeps;
    errors += peak.error * peak.error / kSweeps;
  }
  EXPECT_GT(std::sqrt(errors / squares), 0.6);
  EXPECT_LT(std::sqrt(errors / squares), 3);  // the shape of the peak isn't known: part of the error
}

TEST(FocusSweep, SaysWhyItIsLeftOut) {
  EXPECT_NE(find_peak(sweep_of({.from = 60, .to = 200})).left_out.find("no peak inside: contrast is highest at code 198"),
            std::string::npos);
  EXPECT_NE(find_peak(sweep_of({.width = 100})).left_out.find("does not change beyond the noise"), std::string::npos);
  EXPECT_NE(find_peak(sweep_of({.dioptres = -1})).left_out.find("distance"), std::string::npos);
  EXPECT_NE(find_peak(sweep_of({.step = 200})).left_out.find("4 codes"), std::string::npos);
  FocusSweep sweep = sweep_of({});
  sweep.samples[3].score = std::nanf("");
  EXPECT_NE(find_peak(sweep).left_out.find("no numbers"), std::string::npos);
  sweep = sweep_of({});
  std::swap(sweep.samples[3], sweep.samples[7]);
  EXPECT_NE(find_peak(sweep).left_out.find("forth and back"), std::string::npos);
  EXPECT_NE(find_peak({}).left_out, "");
}

// Sweeps of a microscope over 100 positions each, whose sharpest one people marked.
TEST(FocusSweep, RealCurves) {
  const char* data = std::getenv("ARGENT_DATA");
  const std::filesystem::path file = std::filesystem::path(data ? data : ARGENT_SOURCE_DIR "/../shared/data") / "af/focus_curves.csv.gz";
  if (!std::filesystem::exists(file)) GTEST_SKIP() << file << " is not there";
  int found = 0, right = 0;
  const auto curves = load_focus_curves(file, "_3_3_SCHARR");
  for (const FocusCurve& curve : curves) {
    FocusSweep sweep;
    for (std::size_t i = 0; i < curve.scores.size(); i++)
      sweep.samples.push_back({static_cast<float>(curve.first) + static_cast<float>(i), curve.scores[i]});
    const SweepPeak peak = find_peak(sweep);
    if (!peak.left_out.empty()) continue;
    found++;
    right += std::abs(peak.code - curve.peak) <= 1.5;
  }
  ASSERT_EQ(curves.size(), 75u);
  EXPECT_GE(found, 73);  // two are highest at an end
  EXPECT_GE(right, 69);
}

TEST(FocusMap, ALineWithItsErrors) {
  const FocusMap map = fit_focus_map(
      std::vector{sweep_of({.dioptres = 0.5}), sweep_of({.dioptres = 2}), sweep_of({.dioptres = 5}), sweep_of({.dioptres = 9})});
  EXPECT_FALSE(map.curved);
  EXPECT_NEAR(map.per_dioptre.value, kPerDioptre, 3 * map.per_dioptre.error);
  EXPECT_NEAR(map.infinity.value, kInfinity, 3 * map.infinity.error);
  EXPECT_LT(map.per_dioptre.error, 0.01 * kPerDioptre);
  const LensMap lens(map.points);
  for (double dioptres = 0; dioptres <= 10; dioptres += 0.5)
    EXPECT_NEAR(lens.code(static_cast<float>(dioptres)), code_at(dioptres), 0.02 * 540);
  EXPECT_FALSE(map.backlash);
  ASSERT_TRUE(map.depth_of_field);
}

TEST(FocusMap, BacklashFromBothWays) {
  for (const double way : {1.0, -1.0}) {
    // Codes rise or fall toward near; the lens lags behind them by 9 of them each way.
    const auto code = [&](double dioptres) { return way > 0 ? code_at(dioptres) : 900 - kPerDioptre * dioptres; };
    std::vector<FocusSweep> sweeps;
    for (const double dioptres : {1.0, 4.0, 8.0}) {
      sweeps.push_back(sweep_of({.dioptres = dioptres, .shift = 9, .from = 40, .to = 1000, .code = code}));
      if (dioptres == 4) sweeps.push_back(sweep_of({.dioptres = dioptres, .shift = -9, .from = 1000, .to = 40, .code = code}));
    }
    // Only from near: moved by what was found.
    sweeps.push_back(sweep_of(
        {.dioptres = 6, .shift = way > 0 ? -9.0 : 9.0, .from = way > 0 ? 1000.0 : 40.0, .to = way > 0 ? 40.0 : 1000.0, .code = code}));
    if (way < 0) {
      for (std::size_t i : {0u, 1u, 3u})
        sweeps[i] = sweep_of({.dioptres = sweeps[i].dioptres, .shift = -9, .from = 1000, .to = 40, .code = code});
      sweeps.push_back(sweep_of({.dioptres = 4, .shift = 9, .from = 40, .to = 1000, .code = code}));
    }
    const FocusMap map = fit_focus_map(sweeps);
    ASSERT_TRUE(map.backlash && map.backlash_dioptres);
    EXPECT_NEAR(map.backlash->value, 18, 1.8);
    EXPECT_NEAR(map.backlash_dioptres->value, 18 / kPerDioptre, 0.03);
    const LensMap lens(map.points);
    for (const float dioptres : {1.0f, 4.0f, 6.0f, 8.0f})
      EXPECT_NEAR(lens.code(dioptres), code(static_cast<double>(dioptres)) + way * 9, 4) << way;
  }
}

TEST(FocusMap, ACurveIsKeptAndStaysStrict) {
  const auto code = [](double dioptres) { return 100 + 40 * dioptres + 4 * dioptres * dioptres; };
  std::vector<FocusSweep> sweeps;
  for (const double dioptres : {0.3, 2.0, 4.0, 6.0, 8.0, 10.0})
    sweeps.push_back(sweep_of({.dioptres = dioptres, .to = 1000, .code = code}));
  const FocusMap map = fit_focus_map(sweeps);
  EXPECT_TRUE(map.curved);
  EXPECT_GT(map.off_line, 10);
  ASSERT_EQ(map.points.size(), 6u);
  for (const LensMap::Point& point : map.points) EXPECT_NEAR(point.code, code(static_cast<double>(point.dioptres)), 0.02 * 800);
  // One that goes back is drawn together with its neighbor.
  sweeps.push_back(sweep_of({.dioptres = 8.2, .to = 1000, .code = [&](double) { return code(7.6); }}));
  const FocusMap pooled = fit_focus_map(sweeps);
  EXPECT_LT(pooled.points.size(), 7u);
  EXPECT_NO_THROW(LensMap(pooled.points));
}

TEST(FocusMap, LeavesSweepsOutAndSaysSo) {
  std::vector<FocusSweep> sweeps{sweep_of({.dioptres = 1}), sweep_of({.dioptres = 5}), sweep_of({.dioptres = 9, .to = 500})};
  const FocusMap map = fit_focus_map(sweeps);
  EXPECT_NE(map.sweeps[2].left_out, "");
  EXPECT_NEAR(map.per_dioptre.value, kPerDioptre, 0.6);
  sweeps.erase(sweeps.begin());
  EXPECT_NE(refusal(sweeps).find("found 1 distances with a peak, expected 2 or more; the sweep at 9.000 dioptres: it has no peak inside"),
            std::string::npos);
  EXPECT_NE(refusal({sweep_of({.dioptres = 1}), sweep_of({.dioptres = 9, .code = [](double) { return code_at(1); }})})
                .find("expected codes that follow"),
            std::string::npos);
  EXPECT_NE(refusal({}), "");
}

TEST(FocusMap, AutofocusParametersByTheirRules) {
  const FocusMap map = fit_focus_map(std::vector{sweep_of({.dioptres = 1}), sweep_of({.dioptres = 5}), sweep_of({.dioptres = 9})});
  const AutoFocusParams measured = focus_params(map);
  EXPECT_NEAR(measured.full.min, 1, 0.01);
  EXPECT_NEAR(measured.full.max, 9, 0.01);
  const AutoFocusParams params = focus_params(map, CodeRange{120, 720});
  EXPECT_NEAR(params.full.min, 0, 0.05);
  EXPECT_NEAR(params.full.max, 10, 0.1);
  EXPECT_NEAR(params.normal.max, 8, 0.1);
  EXPECT_NEAR(params.macro.min, 2, 0.1);
  EXPECT_NEAR(params.macro.rest, 2.67, 0.1);
  EXPECT_NEAR(focus_params(map, CodeRange{0, 5000}).full.max, 9 + 4, 0.1);  // not farther than half of what was measured
  EXPECT_FLOAT_EQ(params.lens.depth_of_field, static_cast<float>(map.depth_of_field->value));
  EXPECT_NEAR(params.fine_step / params.lens.depth_of_field, 0.44, 1e-3);
  EXPECT_FLOAT_EQ(params.lens.backlash, AutoFocusParams().lens.backlash);  // not measured
  AutoFocusParams checked = params;
  FieldList list;
  list.group("focus", checked);
  EXPECT_NO_THROW(check(list.fields(), "test"));
}

/// A sweep of a simulated camera whose driver counts codes, past a target at a distance.
template <class NextStatistics, class Apply>
FocusSweep played(double dioptres, const std::vector<double>& codes, const NextStatistics& next, const Apply& apply) {
  FocusSweep sweep;
  sweep.dioptres = dioptres;
  next();
  for (const double code : codes) {
    apply((code - kInfinity) / kPerDioptre);
    for (int settle = 0; settle < 9; settle++) next();
    for (int i = 0; i < 2; i++) sweep.samples.push_back(focus_sample(next(), static_cast<float>(code)));
  }
  return sweep;
}

std::vector<double> codes_between(double from, double to, double step) {
  std::vector<double> out;
  for (double code = from; to > from ? code <= to : code >= to; code += to > from ? step : -step) out.push_back(code);
  return out;
}

Scenario looking_at(double dioptres, double start) {
  Scenario scenario;
  scenario.scene.distance = static_cast<float>(1 / dioptres);
  scenario.lens.hysteresis = 0.3f;
  scenario.lens.start_position = static_cast<float>((start - kInfinity) / kPerDioptre);
  return scenario;
}

FocusSweep plant_sweep(double dioptres, double from, double to, double step = 6) {
  ZonePlant plant(looking_at(dioptres, from));
  return played(
      dioptres, codes_between(from, to, step), [&]() -> const Statistics& { return plant.next(); },
      [&](double at) {
        plant.apply({Microseconds(10'000), 1, static_cast<float>(at)});
      });
}

TEST(FocusMap, TheSimulatedLensIsFoundAgain) {
  std::vector<FocusSweep> sweeps;
  for (const double dioptres : {0.5, 2.0, 4.0, 7.0}) sweeps.push_back(plant_sweep(dioptres, kInfinity, 700));
  sweeps.push_back(plant_sweep(4, 700, kInfinity));
  const FocusMap map = fit_focus_map(sweeps);
  for (const SweepPeak& peak : map.sweeps) EXPECT_EQ(peak.left_out, "");
  EXPECT_NEAR(map.per_dioptre.value, kPerDioptre, 0.02 * kPerDioptre);
  const LensMap lens(map.points);
  const double half = 0.15 * kPerDioptre;  // from far the lens stays behind by half of its play
  for (const float dioptres : {0.5f, 2.0f, 4.0f, 7.0f})
    EXPECT_NEAR(lens.code(dioptres), code_at(static_cast<double>(dioptres)) + half, 0.02 * 420);
  ASSERT_TRUE(map.backlash_dioptres);
  EXPECT_NEAR(map.backlash_dioptres->value, 0.3, 0.03);
  ASSERT_TRUE(map.depth_of_field);
  EXPECT_NEAR(map.depth_of_field->value / static_cast<double>(depth_of_field(LensParams())), 1, 0.25);
}

TEST(FocusMap, SoIsOneOfPixels) {
  std::vector<FocusSweep> sweeps;
  for (const double dioptres : {1.0, 3.0}) {
    const double middle = code_at(dioptres);
    SimulatedCamera camera(looking_at(dioptres, middle - 60));
    PipelineParams params;
    params.shading = {camera.shading()};
    const Pipeline pipeline(params);
    Statistics seen;
    sweeps.push_back(played(
        dioptres, codes_between(middle - 60, middle + 72, 12),
        [&]() -> const Statistics& { return seen = pipeline.measure(*camera.next()); },
        [&](double at) {
          camera.apply({Microseconds(10'000), 1, static_cast<float>(at)});
        }));
  }
  const FocusMap map = fit_focus_map(sweeps);
  EXPECT_NEAR(map.per_dioptre.value, kPerDioptre, 0.02 * kPerDioptre);
  EXPECT_NEAR(map.depth_of_field->value / static_cast<double>(depth_of_field(LensParams())), 1, 0.25);
}

}  // namespace
}  // namespace argent

#include "calibration/synthesis/known_camera.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "models/runtime/error.h"
#include "tests/calibration/synthesis/ideal_camera.h"

namespace argent {
namespace {

TEST(KnownCamera, DefaultsAndNeutralValuesPass) {
  KnownCamera camera;
  camera.sensitivities = analytic_sensitivities();
  EXPECT_NO_THROW(check(camera));
  EXPECT_NO_THROW(check(ideal_camera()));
}

TEST(KnownCamera, NonsenseIsRefused) {
  const auto refused = [](auto change) {
    KnownCamera camera = ideal_camera();
    change(camera);
    EXPECT_THROW(check(camera), Error);
  };
  const float nan = std::numeric_limits<float>::quiet_NaN(), infinity = std::numeric_limits<float>::infinity();
  refused([](KnownCamera& c) { c.sensor.size = {321, 240}; });
  refused([](KnownCamera& c) { c.sensor.size = {1 << 20, 1 << 20}; });
  refused([](KnownCamera& c) { c.sensor.size = {0, 0}; });
  refused([](KnownCamera& c) { c.sensor.cfa = CfaPattern::kXTrans; });
  refused([](KnownCamera& c) { c.sensor.bits = 16; });
  refused([](KnownCamera& c) {
    c.sensor.bits = 10;
    c.sensor.nominal_black = 600;
  });
  refused([&](KnownCamera& c) { c.sensor.electrons = nan; });
  refused([&](KnownCamera& c) { c.sensor.read_electrons = infinity; });
  refused([](KnownCamera& c) { c.sensor.gains = {}; });
  refused([](KnownCamera& c) { c.sensor.gains = {{2, 2}, {1, 1}}; });
  refused([&](KnownCamera& c) { c.sensor.gains = {{1, nan}}; });
  refused([](KnownCamera& c) { c.sensor.defects = {{400, 3, PixelFault::kHot, 1}}; });
  refused([](KnownCamera& c) { c.sensor.defects = {{4, 3, PixelFault::kHot, 1}, {4, 3, PixelFault::kDead, 0}}; });
  refused([](KnownCamera& c) { c.lens.red = {0, 0}; });
  refused([](KnownCamera& c) { c.lens.focus = {{0, 100}}; });
  refused([](KnownCamera& c) { c.lens.focus = {{0, 100}, {5, 100}}; });
  refused([&](KnownCamera& c) { c.sensitivities[1][3] = nan; });
  refused([](KnownCamera& c) { c.sensitivities[2].fill(0); });
  KnownCamera listed;
  for (const Field& field : fields_of(listed)) {
    KnownCamera camera = ideal_camera();
    for (Field own : fields_of(camera)) {
      if (own.path != field.path) continue;
      if (auto* number = std::get_if<float*>(&own.value))
        **number = nan;
      else if (auto* list = std::get_if<std::span<float>>(&own.value))
        (*list)[0] = nan;
      else
        continue;
      EXPECT_THROW(check(camera), Error) << field.path;
    }
  }
}

TEST(KnownCamera, GainsGoThroughTheirTable) {
  KnownSensor sensor;
  sensor.gains = {{1, 1}, {4, 3.6f}};
  EXPECT_DOUBLE_EQ(true_gain(sensor, 1), 1);
  EXPECT_NEAR(true_gain(sensor, 4), 3.6, 1e-6);
  EXPECT_NEAR(true_gain(sensor, 2), std::sqrt(3.6), 1e-6);
  EXPECT_NEAR(true_gain(sensor, 8), 7.2, 1e-5);
}

TEST(KnownCamera, ShadingUndoesTheFalloff) {
  KnownCamera camera = ideal_camera();
  camera.lens = KnownLens();
  for (const float cct : {2856.0f, 6504.0f}) {
    const ShadingMesh mesh = shading_of(camera, cct, 9, 7);
    float least = 100;
    for (std::size_t c = 0; c < 3; c++) {
      EXPECT_NEAR(falloff_at(camera, c, double(cct), 0.5, 0.5), 1, 1e-12);
      const double middle = double(mesh.gains[c][3 * 9 + 4]);
      EXPECT_NEAR(middle, double(mesh.gains[0][3 * 9 + 4]), 1e-6);
      for (std::size_t i = 0; i < mesh.gains[c].size(); i++) {
        const double left = falloff_at(camera, c, double(cct), double(i % 9) / 8, double(i / 9) / 6);
        EXPECT_NEAR(left * double(mesh.gains[c][i]), middle, 1e-5);
        least = std::min(least, mesh.gains[c][i]);
      }
    }
    EXPECT_FLOAT_EQ(least, 1);
  }
  const ShadingMesh warm = shading_of(camera, 2856), cool = shading_of(camera, 7504);
  EXPECT_GT(std::abs(warm.gains[0].front() / warm.gains[1].front() - cool.gains[0].front() / cool.gains[1].front()), 0.02f);
}

TEST(KnownCamera, LensCodesAndTheirBacklash) {
  const KnownLens lens;
  for (const double dioptres : {0.0, 1.0, 2.0, 7.5}) {
    for (const LensWay way : {LensWay::kFromBelow, LensWay::kFromAbove}) {
      EXPECT_NEAR(dioptres_of_code(lens, code_of_dioptres(lens, dioptres, way), way), dioptres, 1e-6);
    }
    EXPECT_NEAR(code_of_dioptres(lens, dioptres, LensWay::kFromBelow) - code_of_dioptres(lens, dioptres, LensWay::kFromAbove), 8, 1e-6);
  }
  EXPECT_NEAR(code_of_dioptres(lens, 2, LensWay::kFromBelow), 260, 1e-6);
  EXPECT_NEAR(code_of_dioptres(lens, 3.5, LensWay::kFromBelow), 335, 1e-6);
}

TEST(KnownCamera, DefectsAreAsManyAndApart) {
  const std::vector<KnownDefect> defects = random_defects({640, 480}, 200, 5);
  ASSERT_EQ(defects.size(), 200U);
  std::set<std::pair<int, int>> places;
  int hot = 0, paired = 0;
  for (const KnownDefect& d : defects) {
    places.insert({d.x, d.y});
    hot += d.kind == PixelFault::kHot;
  }
  for (const KnownDefect& d : defects) paired += static_cast<int>(places.contains({d.x + 2, d.y}));
  EXPECT_EQ(places.size(), 200U);
  EXPECT_EQ(hot, 100);
  EXPECT_GE(paired, 20);
  EXPECT_THROW(random_defects({640, 480}, -1, 1), Error);
  EXPECT_THROW(random_defects({16, 16}, 200, 1), Error);
}

}  // namespace
}  // namespace argent

#include "camera/simulation/panorama.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "camera/simulation/simulated_camera.h"
#include "camera/simulation/zone_plant.h"
#include "camera/spectral/observer.h"
#include "isp/pipeline.h"
#include "models/runtime/error.h"
#include "tests/isp/exr_fixture.h"

namespace argent {
namespace {

namespace fs = std::filesystem;

class PanoramaTest : public testing::Test {
 protected:
  void SetUp() override {
    path_ = fs::temp_directory_path() / ("argent_panorama_" + std::to_string(testing::UnitTest::GetInstance()->random_seed()) + "_" +
                                         testing::UnitTest::GetInstance()->current_test_info()->name() + ".exr");
  }
  void TearDown() override { fs::remove(path_); }

  template <class Value>
  void write(Value value) const {
    test::ExrRecipe recipe;
    recipe.width = 256;
    recipe.height = 128;
    recipe.dwa = false;
    test::write_exr(path_, recipe, value);
  }

  std::string yaml(const std::string& rest) const {
    return "scene: {kind: panorama, panorama: " + path_.string() + rest.substr(0, rest.find('\n')) + "}" +
           (rest.find('\n') == std::string::npos ? "" : rest.substr(rest.find('\n')));
  }

  std::string complaint() const {
    try {
      Panorama{path_};
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  }

  fs::path path_;
};

constexpr float kSky[3] = {2, 3, 8}, kGround[3] = {0.4f, 0.2f, 0.1f};
float sky_and_ground(std::size_t c, int, int y) { return y < 64 ? kSky[c] : kGround[c]; }

/// A quarter of the way round each: bright, middle, dark, middle, with texture everywhere.
float quarters(std::size_t c, int x, int y) {
  constexpr float kLevel[4] = {0.3f, 1, 3, 1};
  return kLevel[x / 64] * (c == 0 ? 1.3f : c == 1 ? 1.0f : 0.6f) * (1.2f + std::sin(0.9f * float(x)) * std::sin(0.7f * float(y)));
}

TEST_F(PanoramaTest, ItsLightIsTheUpperHalfsAndIsWhite) {
  write(sky_and_ground);
  const Panorama panorama(path_);
  for (std::size_t c = 0; c < 3; c++) EXPECT_NEAR(panorama.light()[c], kSky[c], 1e-3f * kSky[c]);
  SceneParams scene;
  scene.pitch = 60;
  const SceneMap up = panorama.view(scene, {16, 12}, 4 / 3.0f, 0);
  for (std::size_t i = 0; i < up.reflectance.size(); i++) {
    EXPECT_NEAR(up.reflectance[i], 1, 1e-3);
    for (float share : up.mixture[i]) EXPECT_NEAR(share, 1, 1e-3);
  }
  scene.pitch = -60;
  const SceneMap down = panorama.view(scene, {16, 12}, 4 / 3.0f, 0);
  for (std::size_t c = 0; c < 3; c++) EXPECT_NEAR(down.reflectance[0] * down.mixture[0][c], kGround[c] / kSky[c], 1e-4);
}

TEST_F(PanoramaTest, AWideLampCountsByItsCosine) {
  // A ring from the zenith to 45 degrees gives half of what the whole sky would.
  write([](std::size_t, int, int y) { return y < 32 ? 1.0f : 0.0f; });
  EXPECT_NEAR(Panorama(path_).light()[1], 0.5, 0.005);
}

TEST_F(PanoramaTest, LooksWhereItIsTold) {
  write([](std::size_t, int x, int y) { return y < 64 ? 1 + float(x) / 256 : 1; });  // rises to the right, once round
  const Panorama panorama(path_);
  const float light = panorama.light()[1];
  SceneParams scene;
  scene.field_of_view = 10;
  scene.pitch = 30;
  const auto middle = [&](double seconds) {
    const SceneMap map = panorama.view(scene, {33, 33}, 1, seconds);
    return map.reflectance[map.at(16, 16)] * light;
  };
  EXPECT_NEAR(middle(0), 1.5, 0.005);
  scene.yaw = 90;
  EXPECT_NEAR(middle(0), 1.75, 0.005);
  scene.pan = -30;
  EXPECT_NEAR(middle(3), 1.5, 0.005);
  EXPECT_NEAR(middle(3 + 12e6), 1.5, 0.005);  // whole turns later
  const SceneMap map = panorama.view(scene, {33, 33}, 1, 3);
  EXPECT_LT(map.reflectance[map.at(0, 16)], map.reflectance[map.at(32, 16)]);
  scene.pitch = 0;
  const SceneMap horizon = panorama.view(scene, {33, 33}, 1, 0);
  EXPECT_GT(horizon.reflectance[horizon.at(16, 0)] * light, 1.5);  // up is up
  EXPECT_NEAR(horizon.reflectance[horizon.at(16, 32)] * light, 1, 0.01);
}

TEST_F(PanoramaTest, ItsSpectrumHasItsColor) {
  write(sky_and_ground);
  const Chromaticity seen = chromaticity_of(Panorama(path_).light_spectrum());
  const Vec3 xyz = multiply(kSrgbToXyz, Vec3{2, 3, 8});
  const float sum = xyz[0] + xyz[1] + xyz[2];
  EXPECT_NEAR(seen.x, xyz[0] / sum, 0.002);
  EXPECT_NEAR(seen.y, xyz[1] / sum, 0.002);
}

TEST_F(PanoramaTest, AWhitePlaceHasTheWhiteOfTheLight) {
  write([](std::size_t, int, int) { return 3.0f; });
  for (const char* model : {"analytic", "imx219"}) {
    const Scenario scenario =
        parse_scenario(yaml("\nlens: {shading: 0}\nlight: {cct: 3000}\nsensor: {noise: 0, model: " + std::string(model) + "}"), "t");
    ZonePlant plant(scenario);
    const Statistics::Zone& zone = plant.next().zone(8, 6);
    EXPECT_NEAR(std::log(zone.mean[0] / zone.mean[1]), plant.truth().white[0], 2e-3) << model;
    EXPECT_NEAR(std::log(zone.mean[2] / zone.mean[1]), plant.truth().white[1], 2e-3) << model;
    Scenario grey = scenario;
    grey.scene = {};
    grey.scene.kind = "grey";
    grey.scene.reflectance = 1;
    ZonePlant same(grey);
    EXPECT_NEAR(zone.mean[1] / same.next().zone(8, 6).mean[1], 1, 2e-3) << model;
  }
}

TEST_F(PanoramaTest, LightsOtherScenes) {
  write([](std::size_t c, int, int y) { return y < 64 ? (c == 0 ? 3.0f : c == 1 ? 1.5f : 0.5f) : 1.0f; });
  ZonePlant warm(parse_scenario("scene: {kind: grey}\nlight: {panorama: " + path_.string() + "}", "t"));
  warm.next();
  const Vec3 xyz = multiply(kSrgbToXyz, Vec3{3, 1.5f, 0.5f});
  const float sum = xyz[0] + xyz[1] + xyz[2];
  EXPECT_NEAR(warm.truth().cct, cct_of_chromaticity({xyz[0] / sum, xyz[1] / sum}).cct, 60);
  EXPECT_GT(warm.truth().white[0] - warm.truth().white[1], 0.5);
}

void expect_agreement(const Scenario& scenario) {
  SimulatedCamera camera(scenario);
  ZonePlant plant(scenario);
  PipelineParams params;
  params.shading = {camera.shading()};
  params.statistics.columns = scenario.columns;
  params.statistics.rows = scenario.rows;
  const Pipeline pipeline(params);
  for (int frame = 0; frame < scenario.frames; frame++) {
    const Statistics measured = pipeline.measure(*camera.next());
    const Statistics& zones = plant.next();
    double off = 0, all = 0, fine = 0, zone_fine = 0, clipped = 0, rows = 0;
    for (std::size_t i = 0; i < 192; i++) {
      for (std::size_t c = 0; c < 3; c++) off += double(std::abs(measured.zones[i].mean[c] - zones.zones[i].mean[c]));
      for (std::size_t c = 0; c < 3; c++) all += double(measured.zones[i].mean[c]);
      fine += double(measured.zones[i].focus[0]);
      zone_fine += double(zones.zones[i].focus[0]);
      clipped += double(measured.zones[i].clipped - zones.zones[i].clipped) / 192;
    }
    for (std::size_t i = 0; i < std::size_t(zones.bands); i++) rows += double(std::abs(measured.row_means[i] - zones.row_means[i]));
    EXPECT_LT(off / all, 0.05) << frame;
    EXPECT_LT(std::abs(clipped), 0.01) << frame;
    EXPECT_LT(fine, 4 * zone_fine + 0.01) << frame;
    EXPECT_LT(zone_fine, 4 * fine + 0.01) << frame;
    EXPECT_NEAR(camera.truth().scene_luma / plant.truth().scene_luma, 1, 0.02) << frame;
  }
}

TEST_F(PanoramaTest, PixelsAndZonesAgreeAlsoWhileItPans) {
  write(quarters);
  Scenario scenario = parse_scenario(yaml(", pan: 40\nlens: {start_position: 0.5}\nframes: 3"), "t");
  expect_agreement(scenario);
  ZonePlant plant(scenario);
  const double before = double(plant.next().zone(8, 6).mean[1]);
  for (int i = 0; i < 66; i++) plant.next();  // 90 degrees
  EXPECT_GT(std::abs(std::log(double(plant.next().zone(8, 6).mean[1]) / before)), 0.3);
}

TEST_F(PanoramaTest, PixelsAndZonesAgreeOnRealOnes) {
  const fs::path folder = "/usr/share/blender/datafiles/studiolights/world";
  if (!fs::exists(folder)) GTEST_SKIP() << folder << " is not there (package blender-data)";
  int seen = 0;
  for (const fs::directory_entry& file : fs::directory_iterator(folder)) {
    if (file.path().extension() != ".exr") continue;
    SCOPED_TRACE(file.path());
    Scenario scenario;
    scenario.frames = 1;
    scenario.scene.kind = "panorama";
    scenario.scene.panorama = file.path();
    scenario.lens.start_position = 0.5f;
    expect_agreement(scenario);
    seen++;
  }
  EXPECT_GT(seen, 0);
}

TEST_F(PanoramaTest, SaysWhatIsWrong) {
  EXPECT_NE(complaint().find("no such file"), std::string::npos);
  write([](std::size_t, int x, int y) { return x == 5 && y == 7 ? NAN : 1.0f; });
  EXPECT_NE(complaint().find("5, 7 is not finite"), std::string::npos);
  write([](std::size_t, int, int y) { return y < 64 ? -1.0f : 1.0f; });
  EXPECT_NE(complaint().find("no light"), std::string::npos);
  test::write_exr(path_, {}, [](std::size_t, int, int) { return 1.0f; });
  EXPECT_EQ(complaint(), "");
  test::ExrRecipe square;
  square.height = 8;
  test::write_exr(path_, square, [](std::size_t, int, int) { return 1.0f; });
  EXPECT_NE(complaint().find("twice as wide"), std::string::npos);
}

TEST_F(PanoramaTest, AFileIsSoughtBesideItsScenario) {
  const Scenario scenario = parse_scenario("scene: {kind: panorama, panorama: a/b.exr}", "t", "/x/y");
  EXPECT_EQ(scenario.scene.panorama, "/x/y/a/b.exr");
  EXPECT_EQ(parse_scenario("light: {panorama: /b.exr}", "t", "/x/y").light.panorama, "/b.exr");
  for (const char* wrong : {"scene: {kind: panorama}", "scene: {panorama: a.exr}", "light: {panorama: a.exr, illuminant: A}"}) {
    EXPECT_THROW(parse_scenario(wrong, "t"), Error) << wrong;
  }
}

}  // namespace
}  // namespace argent

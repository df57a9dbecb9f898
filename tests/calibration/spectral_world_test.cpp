#include "calibration/training/spectral_world.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>

#include "models/runtime/error.h"
#include "tests/calibration/small_world.h"

namespace argent {
namespace {

namespace fs = std::filesystem;

class WorldFolder : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("spectral_world_" + std::to_string(::testing::UnitTest::GetInstance()->random_seed()) +
                                           ::testing::UnitTest::GetInstance()->current_test_info()->name());
    for (const char* part : {"cameras", "illuminants", "reflectances"}) fs::create_directories(folder_ / part);
    write("cameras/b_380_780_5.json", table("[0.1, 0.4, 0.2]"));
    write("cameras/a.json", table("[0.1, 2, 0.2]"));
    write("reflectances/two.json", table("[0.5, 0.25]"));
    for (const char* light : {"illum__A", "illum__FL1", "illum__LED-B1", "light__HPS", "dseries__S0"}) {
      write(std::string("illuminants/") + light + ".csv", "# made up\n380,1\n780,2\n");
    }
  }
  void TearDown() override { fs::remove_all(folder_); }

  void write(const std::string& name, const std::string& text) const { std::ofstream(folder_ / name) << text; }

  static std::string table(const std::string& row) {
    std::string rows;
    for (int nm = 380; nm <= 780; nm += 5) rows += (nm > 380 ? ", \"" : "\"") + std::to_string(nm) + "\": " + row;
    return "{\"spectral_data\": {\"data\": {\"main\": {" + rows + "}}}}";
  }

  std::string refusal() const {
    try {
      load_spectral_world(folder_);
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  }

  fs::path folder_;
};

TEST_F(WorldFolder, HasWhatTheFilesSay) {
  const SpectralWorld world = load_spectral_world(folder_);
  ASSERT_EQ(world.cameras.size(), 2u);
  EXPECT_EQ(world.cameras[0].name + world.cameras[1].name, "ab") << "by name, in whatever order the folder lists them";
  EXPECT_FLOAT_EQ(world.cameras[0].sensitivities[1][40], 1);
  EXPECT_FLOAT_EQ(world.cameras[0].sensitivities[0][40], .05f) << "the channels keep their ratio";
  ASSERT_EQ(world.lights.size(), 4u) << "components of daylight are no light";
  ASSERT_EQ(world.surfaces.size(), 2u);
  EXPECT_FLOAT_EQ(world.surfaces[1].reflectance[80], .25f);
  EXPECT_EQ(world.surfaces[1].kind, SurfaceKind::kGrey);
}

TEST_F(WorldFolder, ErrorsNameTheFile) {
  const auto expect = [&](const std::string& name, const std::string& text, const std::string& what) {
    std::string before;
    {
      std::ifstream file(folder_ / name);
      before.assign(std::istreambuf_iterator<char>(file), {});
    }
    const bool existed = fs::exists(folder_ / name);
    write(name, text);
    const std::string told = refusal();
    EXPECT_NE(told.find((folder_ / name).string()), std::string::npos) << told;
    EXPECT_NE(told.find(what), std::string::npos) << told;
    existed ? write(name, before) : static_cast<void>(fs::remove(folder_ / name));
  };
  expect("cameras/a.json", "{}", "no spectral_data.data.main");
  expect("cameras/a.json", table("[0.1, 2]"), "no three sensitivities");
  expect("cameras/a.json", table("[1, 1, 0]"), "sees nothing");
  expect("reflectances/two.json", "{\"a\": [1, 2", "");
  expect("reflectances/two.json", "[1, 2]", "no spectral_data.data.main");
  expect("reflectances/two.json", table("[]"), "0 reflectances, expected 1 to");
  expect("reflectances/two.json", table("[0.5, -1]"), "reflectance");
  expect("reflectances/two.json", table("[0.5, .nan]"), "reflectance");
  expect("reflectances/two.json", table("0.5"), "no reflectances at 380 nm");
  expect("reflectances/two.json", "{\"spectral_data\": {\"data\": {\"main\": {\"380\": [1, 2], \"385\": [1]}}}}",
         "1 reflectances at 385 nm");
  expect("illuminants/light__My_torch.csv", "380,1\n780,1\n", "what kind of lamp");
  expect("illuminants/illum__FL1.csv", "380,0\n780,0\n", "without power");
  expect("illuminants/illum__FL1.csv", "380,1\n380,1\n", "");
  EXPECT_EQ(refusal(), "") << "the folder is whole again";
}

TEST_F(WorldFolder, LacksNothing) {
  fs::remove(folder_ / "illuminants/light__HPS.csv");
  EXPECT_NE(refusal().find("no discharge lamp"), std::string::npos) << refusal();
  fs::remove_all(folder_ / "illuminants");
  EXPECT_NE(refusal().find((folder_ / "illuminants").string()), std::string::npos) << refusal();
  fs::remove(folder_ / "cameras/a.json");
  fs::remove(folder_ / "cameras/b_380_780_5.json");
  EXPECT_NE(refusal().find("no files *.json"), std::string::npos) << refusal();
}

TEST(SpectralWorld, OfMeasuredData) {
  const fs::path folder = data_folder() / "spectral";
  if (!fs::exists(folder)) GTEST_SKIP() << folder << " is not here";
  const SpectralWorld world = load_spectral_world(folder);
  EXPECT_EQ(world.cameras.size(), 38u);
  EXPECT_EQ(world.lights.size(), 115u) << "59 of CIE and others but for E, and 56 lamps";
  EXPECT_EQ(world.surfaces.size(), 190u);
  std::map<LightKind, int> lights;
  for (const MeasuredLight& light : world.lights) lights[light.kind]++;
  EXPECT_GE(lights[LightKind::kTungsten], 8);
  EXPECT_GE(lights[LightKind::kFluorescent], 40);
  EXPECT_GE(lights[LightKind::kLed], 20);
  EXPECT_GE(lights[LightKind::kDischarge], 15);
  const auto kind = [&](const char* name) {
    return std::find_if(world.lights.begin(), world.lights.end(), [&](const auto& light) { return light.name == name; })->kind;
  };
  EXPECT_EQ(kind("Daylight_FL"), LightKind::kFluorescent);
  EXPECT_EQ(kind("3-LED-2_Yellow"), LightKind::kLed);
  EXPECT_EQ(kind("D65"), LightKind::kReference);
  EXPECT_EQ(kind("ISO_7589_Studio_Tungsten"), LightKind::kTungsten);
  EXPECT_EQ(kind("Mercury"), LightKind::kDischarge);
  std::map<SurfaceKind, int> surfaces;
  for (const Surface& surface : world.surfaces) surfaces[surface.kind]++;
  EXPECT_GE(surfaces[SurfaceKind::kGrey], 8);
  EXPECT_GE(surfaces[SurfaceKind::kFoliage], 5);
  EXPECT_GE(surfaces[SurfaceKind::kEarth], 20);
  EXPECT_GE(surfaces[SurfaceKind::kPaint], 80);
}

}  // namespace
}  // namespace argent

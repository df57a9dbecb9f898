#include "samples/settings_layers.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "models/runtime/error.h"
#include "samples/usage_error.h"

namespace argent {
namespace {

namespace fs = std::filesystem;

class SettingsTest : public testing::Test {
 protected:
  SettingsTest() : folder_(fs::temp_directory_path() / ("settings_" + std::to_string(::getpid()))) { fs::create_directories(folder_); }
  ~SettingsTest() override { fs::remove_all(folder_); }

  std::string write(const std::string& name, const std::string& text) {
    std::ofstream(folder_ / name) << text;
    return (folder_ / name).string();
  }

  template <class Work>
  static std::string error_of(Work work) {
    try {
      work();
    } catch (const Error& error) {
      return error.what();
    }
    return {};
  }

  fs::path folder_;
};

TEST_F(SettingsTest, LaterLayersWin) {
  const std::string one = write("one.yaml", "tone: {contrast: 1.1, exposure: 1}\ndevelop: {wb: 5000}\n");
  const std::string two = write("two.yaml", "tone: {contrast: 1.2}\n");
  write("a.CR2.argent.yaml", "tone: {contrast: 1.3}\ndevelop: {tint: 5}\n");
  CameraProfile profile;
  profile.isp.tone.contrast = 1.05f;
  profile.isp.highlights.threshold = 0.9f;
  const SettingsLayers layers(profile, {one, two}, "", {{"statistics.rows=7", "--set"}});
  EXPECT_EQ(layers.common()->isp.tone.contrast, 1.2f);
  EXPECT_EQ(layers.common()->isp.tone.exposure, 1);
  EXPECT_EQ(layers.common()->isp.highlights.threshold, 0.9f);
  EXPECT_EQ(layers.common()->develop.wb, "5000");
  const auto photo = layers.of_photo(folder_ / "a.CR2");
  EXPECT_EQ(photo->isp.tone.contrast, 1.3f);
  EXPECT_EQ(photo->develop.wb, "5000");
  EXPECT_EQ(photo->develop.tint, 5);
  EXPECT_EQ(photo->isp.statistics.rows, 7);
  EXPECT_EQ(layers.of_photo(folder_ / "b.CR2"), layers.common());
  const SettingsLayers told(profile, {one}, "", {{"tone.contrast=1.4", "--set"}, {"develop.tint=-3", "--tint"}});
  EXPECT_EQ(told.of_photo(folder_ / "a.CR2")->isp.tone.contrast, 1.4f);
  EXPECT_EQ(told.of_photo(folder_ / "a.CR2")->develop.tint, -3);
}

TEST_F(SettingsTest, SidecarsHaveTwoNames) {
  write("a.argent.yaml", "develop: {tint: 1}\n");
  EXPECT_EQ(SettingsLayers({}, {}, "", {}).of_photo(folder_ / "a.CR2")->develop.tint, 1);
  EXPECT_EQ(SettingsLayers({}, {}, "", {}).of_photo(folder_ / "a.raw.gz")->develop.tint, 1);
  write("a.CR2.argent.yaml", "develop: {tint: 2}\n");
  EXPECT_EQ(SettingsLayers({}, {}, "", {}).of_photo(folder_ / "a.CR2")->develop.tint, 2);
  EXPECT_EQ(sidecar_of("x/a.CR2"), "x/a.CR2.argent.yaml");
}

TEST_F(SettingsTest, PresetsStandBeforeTheParametersOfTheirFile) {
  const std::string best = write("best.yaml", "preset: best\n"), mixed = write("mixed.yaml", "demosaic: {method: fast}\npreset: best\n");
  EXPECT_EQ(SettingsLayers({}, {best}, "", {}).common()->isp.demosaic.method, "best");
  EXPECT_EQ(SettingsLayers({}, {mixed}, "", {}).common()->isp.demosaic.method, "fast");
  EXPECT_EQ(SettingsLayers({}, {mixed}, "best", {}).common()->isp.demosaic.method, "best") << "the command line wins over files";
  EXPECT_EQ(SettingsLayers({}, {best}, "live", {}).common()->isp.demosaic.method, "fast");
  EXPECT_EQ(SettingsLayers({}, {best}, "live", {}).common()->preset, "live");
  EXPECT_EQ(SettingsLayers({}, {best}, "", {}).common()->develop.lens, "auto") << "where time is no matter";
  EXPECT_EQ(SettingsLayers({}, {best}, "live", {}).common()->develop.lens, "off");
  EXPECT_EQ(SettingsLayers({}, {}, "", {}).common()->develop.lens, "off");
}

TEST_F(SettingsTest, MistakesNameFileLineAndWhatWasMeant) {
  const auto told = [&](const std::string& yaml) {
    const std::string file = write("bad.yaml", yaml);
    const std::string error = error_of([&] { SettingsLayers({}, {file}, "", {}); });
    EXPECT_TRUE(error.starts_with(file + ":")) << error;
    return error.substr(std::min(error.size(), file.size()));
  };
  EXPECT_EQ(told("tone:\n  contrst: 1.3\n"), ":2: unknown key tone.contrst, did you mean tone.contrast");
  EXPECT_NE(told("tone: {contrast: 9}\n").find(":1: tone.contrast = 9 violates"), std::string::npos);
  EXPECT_NE(told("\ndevelop: {tnt: 1}\n").find(":2: unknown key develop.tnt, did you mean develop.tint"), std::string::npos);
  EXPECT_NE(told("develop:\n  tint: 1\n  wb: warm\n").find(":3: develop.wb \"warm\": expected camera"), std::string::npos);
  EXPECT_NE(told("develop:\n  crop: 1,2,3\n").find(":2: develop.crop"), std::string::npos);
  EXPECT_NE(told("develop: {rotate: 450}\n").find("develop.rotate = 450 violates"), std::string::npos);
  EXPECT_NE(told("preset: slow\n").find(":1: preset = \"slow\""), std::string::npos);
  EXPECT_NE(told("preset: [best]\n").find("preset is a list"), std::string::npos);
  EXPECT_NE(told("- 1\n").find("expected a map"), std::string::npos);
  EXPECT_NE(error_of([&] { SettingsLayers({}, {(folder_ / "none.yaml").string()}, "", {}); }).find("no such file"), std::string::npos);
  write("a.CR2.argent.yaml", "tone: {contrst: 1}\n");
  EXPECT_NE(error_of([&] { SettingsLayers({}, {}, "", {}).of_photo(folder_ / "a.CR2"); }).find("a.CR2.argent.yaml:1"), std::string::npos);
  EXPECT_THROW(SettingsLayers({}, {}, "", {{"tone.contrst=1", "--set"}}), UsageError);
  EXPECT_THROW(SettingsLayers({}, {}, "", {{"develop.wb=warm", "--set"}}), UsageError);
}

TEST_F(SettingsTest, WhatIsWrittenReadsBackEqual) {
  CameraProfile profile;
  profile.isp.tone.contrast = 1.2345678f;
  const SettingsLayers layers(
      profile, {}, "best", {{"develop.wb=box 1,2,3,4", "--wb-box"}, {"develop.tint=-7.5", "--tint"}, {"develop.rotate=270", "--rotate"}});
  const std::string text = write_settings(*layers.common());
  const SettingsLayers again({}, {write("saved.yaml", text)}, "", {});
  EXPECT_EQ(write_settings(*again.common()), text);
  EXPECT_NE(text.find("preset: best"), std::string::npos);
  EXPECT_NE(text.find("develop:\n  wb: \"box 1,2,3,4\"  # white balance"), std::string::npos);
}

TEST_F(SettingsTest, EachWordOfDevelopIsAChoice) {
  const DevelopChoices defaults = choices_of({});
  EXPECT_EQ(defaults.turn, Orientation::kNormal);
  EXPECT_EQ(defaults.scale, 1);
  EXPECT_FALSE(defaults.crop);
  EXPECT_EQ(defaults.exposure.mode, ExposureChoice::Mode::kMetered);
  const DevelopChoices c = choices_of({.wb = "box 1,2,3,4",
                                       .exposure = "-1",
                                       .crop = "5,6,7,8",
                                       .resize = "50%",
                                       .tint = 12,
                                       .color = ColorSpace::kCamera,
                                       .encoding = Encoding::kLinear,
                                       .rotate = 91.5f,
                                       .flip = Flip::kHorizontal});
  EXPECT_EQ(c.white_balance.mode, WhiteBalanceChoice::Mode::kBox);
  EXPECT_EQ(c.white_balance.box, (Rect{1, 2, 3, 4}));
  EXPECT_EQ(c.white_balance.tint, 12);
  EXPECT_EQ(c.exposure.ev, -1);
  EXPECT_EQ(c.crop, (Rect{5, 6, 7, 8}));
  EXPECT_EQ(c.scale, 0.5f);
  EXPECT_EQ(c.color, ColorSpace::kCamera);
  EXPECT_EQ(c.encoding, Encoding::kLinear);
  EXPECT_EQ(c.turn, Orientation::kTransposed) << "turned to the right, then left for right";
  EXPECT_EQ(c.rotate, -1.5f) << "clockwise before it was flipped";
  EXPECT_EQ(choices_of({.rotate = -92}).turn, Orientation::kRotated270);
  EXPECT_EQ(choices_of({.rotate = -92}).rotate, -2);
  EXPECT_EQ(choices_of({.rotate = 360}).turn, Orientation::kNormal);
  EXPECT_TRUE(choices_of({.crop = "full"}).whole_active_area);
  EXPECT_EQ(choices_of({.lens = "auto", .focal = 18}).lens, "auto");
  EXPECT_EQ(choices_of({.lens = "auto", .focal = 18}).focal_length, 18);
  EXPECT_THROW(choices_of({.lens = ""}), Error);
}

TEST_F(SettingsTest, DifferencesAreNamed) {
  Settings settings;
  EXPECT_TRUE(differences_from_defaults(settings).empty());
  settings.isp.tone.contrast = 1.25f;
  settings.develop.wb = "auto";
  EXPECT_EQ(differences_from_defaults(settings), (std::vector<std::string>{"tone.contrast=1.25", "develop.wb=auto"}));
}

}  // namespace
}  // namespace argent

#include "samples/json.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <memory>
#include <nlohmann/json.hpp>

namespace argent {
namespace {

using Json = nlohmann::json;

class JsonTest : public ::testing::Test {
 protected:
  JsonTest() : statistics_(std::make_unique<Statistics>()) {
    frame_.sensor.make = "Make";
    frame_.sensor.active = {64, 48};
    statistics_->columns = 2;
    statistics_->rows = 1;
    statistics_->zones[0] = {.mean = {0.1f, 0.2f, 0.3f}, .count = {100, 200, 100}, .clipped = 0.5f};
    statistics_->zones[1] = {.mean = {0.3f, 0.2f, 0.1f}, .count = {100, 200, 100}};
    statistics_->luma[512] = 10;
    decision_.controls.colour_gains = {2, 1, 1.6f};
    decision_.trace.exposure.error = 0.18f;
    decision_.trace.exposure.reason = "target";
    decision_.trace.white_balance.opinions.push_back({"grey_world", {{std::log(0.5f), 0}, {}, 0.75f}});
  }

  std::string measured(const std::filesystem::path& file = "a.raw") {
    return json_of(MeasureReport{file, frame_, *statistics_, decision_, {12.3456789, 2, 0, 0, 0}});
  }

  RawFrame frame_;
  std::unique_ptr<Statistics> statistics_;
  Decision decision_;
};

TEST_F(JsonTest, IsOneLine) {
  const std::string text = measured();
  EXPECT_EQ(text.find('\n'), text.size() - 1);
}

TEST_F(JsonTest, CarriesWhatWasMeasuredAndDecided) {
  const Json json = Json::parse(measured());
  EXPECT_EQ(json["file"], "a.raw");
  EXPECT_EQ(json["exposure"]["error_ev"], 0.18);
  EXPECT_EQ(json["exposure"]["reason"], "target");
  EXPECT_EQ(json["white_balance"]["gains"], Json({2.0, 1.0, 1.6}));
  EXPECT_EQ(json["times_ms"]["decode"], 12.346);
  EXPECT_FALSE(json["times_ms"].contains("render"));
  const Json opinion = json["white_balance"]["opinions"][0];
  EXPECT_EQ(opinion["estimator"], "grey_world");
  EXPECT_NEAR(opinion["gains"][0].get<double>(), 2, 1e-5);
  EXPECT_EQ(opinion["evidence"], 0.75);
}

TEST_F(JsonTest, SummarisesZonesByTheirPixels) {
  const Json json = Json::parse(measured())["statistics"];
  EXPECT_NEAR(json["mean"][0].get<double>(), 0.2, 1e-6);
  EXPECT_NEAR(json["mean"][1].get<double>(), 0.2, 1e-6);
  EXPECT_NEAR(json["clipped"].get<double>(), 0.25, 1e-6);
  EXPECT_NEAR(json["luma_percentiles"]["50"].get<double>(), 512.5 / 1024, 1e-6);
}

TEST_F(JsonTest, FloatsAreAsShortAsTheyReadBack) { EXPECT_NE(measured().find("\"error_ev\":0.18,"), std::string::npos); }

TEST_F(JsonTest, WhatIsNotKnownIsNull) {
  const Json json = Json::parse(measured());
  EXPECT_TRUE(json["exposure"]["lux"].is_null());
  EXPECT_TRUE(json["white_balance"]["cct"].is_null());
  EXPECT_TRUE(json["camera"]["exposure_us"].is_null());
}

TEST_F(JsonTest, NumbersThatAreNotFiniteAreNull) {
  decision_.trace.exposure.error = std::numeric_limits<float>::quiet_NaN();
  decision_.controls.colour_gains[0] = std::numeric_limits<float>::infinity();
  const Json json = Json::parse(measured());
  EXPECT_TRUE(json["exposure"]["error_ev"].is_null());
  EXPECT_TRUE(json["white_balance"]["gains"][0].is_null());
}

TEST_F(JsonTest, NamesAreEscaped) {
  const Json json = Json::parse(measured("a\"b\\c\n\x01.raw"));
  EXPECT_EQ(json["file"], "a\"b\\c\n\x01.raw");
}

TEST_F(JsonTest, NamesThatAreNotUtf8DoNotFail) { EXPECT_EQ(Json::parse(measured("\xff.raw"))["file"], "\xef\xbf\xbd.raw"); }

TEST_F(JsonTest, DevelopAddsSettingsAndPicture) {
  const std::filesystem::path file = "a.raw";
  const PlannedOutput output{"a.tiff", ImageFormat::kTiff, {}};
  BufferPool pool;
  const Image picture(pool, {4, 3}, PixelType::kU16, Encoding::kLinear, ColorSpace::kCamera);
  DevelopChoices choices;
  choices.exposure = {ExposureChoice::Mode::kValue, 0.5f};
  Controls controls;
  controls.colour_gains = {2, 1, 1.5f};
  const Json json = Json::parse(json_of(
      DevelopReport{{file, frame_, *statistics_, decision_, {1, 2, 3, 4, 5}}, output, picture.info(), choices, controls, {}, "fast"}));
  EXPECT_EQ(json["output"], "a.tiff");
  EXPECT_EQ(json["width"], 4);
  EXPECT_EQ(json["height"], 3);
  const Json settings = json["settings"];
  EXPECT_EQ(settings["wb"], "camera");
  EXPECT_EQ(settings["gains"], Json({2.0, 1.0, 1.5}));
  EXPECT_EQ(settings["exposure"], "value");
  EXPECT_EQ(settings["exposure_ev"], 0.5);
  EXPECT_EQ(settings["color"], "camera");
  EXPECT_EQ(settings["linear"], true);
  EXPECT_EQ(settings["format"], "tiff");
  EXPECT_EQ(settings["bit_depth"], 16);
  EXPECT_EQ(json["times_ms"]["encode"], 5.0);
}

TEST(JsonOfFailure, NamesFileAndError) {
  const Json json = Json::parse(json_of_failure("x.raw", "x.raw: broken"));
  EXPECT_EQ(json, (Json{{"file", "x.raw"}, {"error", "x.raw: broken"}}));
}

}  // namespace
}  // namespace argent

#include "isp/sensor_info.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "models/runtime/error.h"

namespace argent {
namespace {

SensorInfo valid() {
  SensorInfo sensor;
  sensor.active = {4, 4};
  sensor.black = {64, 65, 66, 67};
  sensor.white = {1023, 1023, 1023, 1023};
  sensor.matrices = {{2856, {0.9f, -0.2f, -0.1f, -0.4f, 1.3f, 0.1f, -0.05f, 0.2f, 0.5f}}};
  return sensor;
}

std::string complaint(const SensorInfo& sensor) {
  try {
    check(sensor);
  } catch (const Error& error) {
    return error.what();
  }
  return "none";
}

TEST(SensorInfo, DefaultsAndPlausibleLevelsPass) {
  EXPECT_EQ(complaint(SensorInfo{}), "none");
  EXPECT_EQ(complaint(valid()), "none");
}

TEST(SensorInfo, WhiteMustPassBlackAtEverySite) {
  const std::array<const char*, 4> names{"red", "first green", "second green", "blue"};
  for (std::size_t site = 0; site < 4; site++) {
    SensorInfo sensor = valid();
    sensor.white[site] = sensor.black[site];
    EXPECT_NE(complaint(sensor).find(names[site]), std::string::npos) << complaint(sensor);
  }
  SensorInfo sensor = valid();
  sensor.white[1] = 12.5f;
  EXPECT_EQ(complaint(sensor), "white level 12.5 of first green does not pass black level 65");
}

TEST(SensorInfo, LevelsMustBeFinite) {
  for (float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    SensorInfo black = valid(), white = valid();
    black.black[2] = -bad;
    white.white[3] = bad;
    EXPECT_NE(complaint(black), "none");
    EXPECT_NE(complaint(white), "none");
  }
}

TEST(SensorInfo, MatricesMustBeRegular) {
  SensorInfo sensor = valid();
  sensor.matrices[0].xyz_to_camera = {1, 2, 3, 2, 4, 6, 0, 0, 1};
  EXPECT_EQ(complaint(sensor), "color matrix at 2856 kelvin cannot be inverted");
  sensor = valid();
  sensor.matrices[0].xyz_to_camera[4] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_NE(complaint(sensor), "none");
  sensor = valid();
  sensor.matrices[0].cct = 0;
  EXPECT_NE(complaint(sensor), "none");
}

TEST(SensorInfo, ColorsOfMosaics) {
  const auto row = [](SensorInfo sensor, int y) {
    std::string colors;
    for (int x = 0; x < 6; x++) colors += "RGB"[color_at(sensor, x, y)];
    return colors;
  };
  SensorInfo sensor = valid();
  sensor.cfa = CfaPattern::kGbrg;
  EXPECT_EQ(row(sensor, 0) + row(sensor, 1), "GBGBGBRGRGRG");
  sensor.cfa = CfaPattern::kXTrans;
  constexpr const char* kRows[] = {"GBGGRG", "RGRBGB", "GBGGRG", "GRGGBG", "BGBRGR", "GRGGBG"};
  for (int y = 0; y < 6; y++) EXPECT_EQ(row(sensor, y), kRows[y]);
  sensor.cfa_phase = {4, 1};
  EXPECT_EQ(row(sensor, 0), "GBRGRB");
  EXPECT_EQ(row(sensor, 2), "BGGRGG");
}

TEST(SensorInfo, PhasesAndGreensOfXTrans) {
  SensorInfo sensor = valid();
  sensor.cfa_phase = {0, 1};
  EXPECT_EQ(complaint(sensor), "phase 0, 1 of the mosaic, expected 0 to 0");
  sensor.cfa = CfaPattern::kXTrans;
  sensor.black = {64, 65, 65, 66};
  sensor.white = {4000, 4000, 4000, 4000};
  EXPECT_EQ(complaint(sensor), "none");
  sensor.cfa_phase = {6, 0};
  EXPECT_EQ(complaint(sensor), "phase 6, 0 of the mosaic, expected 0 to 5");
  sensor.cfa_phase = {-1, 0};
  EXPECT_NE(complaint(sensor), "none");
  sensor.cfa_phase = {5, 5};
  sensor.black[2] = 64;
  EXPECT_EQ(complaint(sensor), "the greens of an X-Trans mosaic have different levels, expected one");
}

TEST(SensorInfo, SamplesOfAPixel) {
  EXPECT_TRUE(is_bayer(CfaPattern::kBggr));
  EXPECT_FALSE(is_bayer(CfaPattern::kMonochrome));
  EXPECT_EQ(samples_per_pixel(CfaPattern::kRgb), 3);
  EXPECT_EQ(samples_per_pixel(CfaPattern::kMonochrome), 1);
}

}  // namespace
}  // namespace argent

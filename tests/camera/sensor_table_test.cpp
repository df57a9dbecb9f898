#include "camera/sensor_table.h"

#include <gtest/gtest.h>

namespace argent {
namespace {

TEST(SensorTable, ACodesOwnGainGivesThatCode) {
  for (const char* name : {"imx219", "imx477", "imx708", "imx290", "imx296", "ov5647", "vsensor"}) {
    const SensorFacts* facts = find_sensor(name);
    ASSERT_TRUE(facts) << name;
    GainModel model = facts->gain;
    if (model.max_code == 0) model.max_code = 240;
    for (int code = model.min_code; code <= model.max_code; code++) EXPECT_EQ(code_of_gain(model, gain_of_code(model, code)), code) << name;
  }
}

TEST(SensorTable, KnownGains) {
  EXPECT_FLOAT_EQ(gain_of_code(find_sensor("imx219")->gain, 128), 2);
  EXPECT_NEAR(gain_of_code(find_sensor("imx290")->gain, 20), 1.9953f, 1e-4f);  // 6 dB
  EXPECT_FLOAT_EQ(gain_of_code(find_sensor("ov5647")->gain, 24), 1.5f);
}

TEST(SensorTable, UnknownIsSaid) { EXPECT_EQ(find_sensor("imx2"), nullptr); }

}  // namespace
}  // namespace argent

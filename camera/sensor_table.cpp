#include "camera/sensor_table.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace argent {
namespace {

constexpr GainModel linear(int m0, int c0, int m1, int c1, int min_code = 0, int max_code = 0) {
  return {m0, c0, m1, c1, min_code, max_code, 0};
}
constexpr GainModel decibels(float per_code) { return {0, 0, 0, 0, 0, 0, per_code}; }

constexpr int kUsual = 4096;  // 64 of 1024
constexpr ControlLatencies kSlowFrameLength{2, 2, 1, 3}, kQuickGain{2, 1, 1, 2}, kTwo{2, 2, 1, 2};

// Gain models, latencies and the usual black: libcamera's sensor helpers and properties as shared/anchors/libcamera_3a.md 3.12 tells them;
// ov5647's black: Raspberry Pi's tuning. Black is 0 where no source was read. vsensor is the test rig's (tests/live_vm).
constexpr std::array kSensors{
    SensorFacts{"gc05a2", linear(100, 0, 0, 1024), kTwo, 0},
    SensorFacts{"imx214", linear(0, 512, -1, 512), kTwo, kUsual},
    SensorFacts{"imx219", linear(0, 256, -1, 256, 0, 232), kQuickGain, kUsual},
    SensorFacts{"imx258", linear(0, 512, -1, 512), kTwo, kUsual},
    SensorFacts{"imx283", linear(0, 2048, -1, 2048), kQuickGain, 0},
    SensorFacts{"imx290", decibels(0.3f), kTwo, 0},
    SensorFacts{"imx296", decibels(0.1f), kTwo, 0},
    SensorFacts{"imx327", decibels(0.3f), kTwo, 0},
    SensorFacts{"imx335", decibels(0.3f), kTwo, 0},
    SensorFacts{"imx355", linear(0, 1024, -1, 1024), kTwo, kUsual},
    SensorFacts{"imx415", decibels(0.3f), kTwo, 0},
    SensorFacts{"imx462", decibels(0.3f), kTwo, 0},
    SensorFacts{"imx471", linear(0, 1024, -1, 1024), kTwo, kUsual},
    SensorFacts{"imx477", linear(0, 1024, -1, 1024, 0, 978), kSlowFrameLength, kUsual},
    SensorFacts{"imx519", linear(0, 1024, -1, 1024), kSlowFrameLength, kUsual},
    SensorFacts{"imx662", decibels(0.3f), kTwo, 0},
    SensorFacts{"imx678", decibels(0.3f), kTwo, 0},
    SensorFacts{"imx708", linear(0, 1024, -1, 1024, 112, 960), kSlowFrameLength, kUsual},
    SensorFacts{"ov5640", linear(1, 0, 0, 16), kTwo, kUsual},
    SensorFacts{"ov5647", linear(1, 0, 0, 16), kTwo, 1024},
    SensorFacts{"ov5670", linear(1, 0, 0, 128), kTwo, kUsual},
    SensorFacts{"ov5675", linear(1, 0, 0, 128), kTwo, kUsual},
    SensorFacts{"ov5693", linear(1, 0, 0, 16), kTwo, kUsual},
    SensorFacts{"ov64a40", linear(1, 0, 0, 128), kTwo, kUsual},
    SensorFacts{"ov8858", linear(1, 0, 0, 128), kTwo, kUsual},
    SensorFacts{"ov13858", linear(1, 0, 0, 128), kTwo, kUsual},
    SensorFacts{"vsensor", linear(1, 0, 0, 16), kQuickGain, kUsual},
};

}  // namespace

bool has_codes(const GainModel& model) { return model.m0 != 0 || model.m1 != 0 || model.db_per_code > 0; }

float gain_of_code(const GainModel& model, int code) {
  if (model.db_per_code > 0) return std::pow(10.0f, model.db_per_code * float(code) / 20);
  return float(model.m0 * code + model.c0) / float(model.m1 * code + model.c1);
}

int code_of_gain(const GainModel& model, float gain) {
  // Solved for the code, as libcamera does; a little more than nothing is added so that a code's own gain gives that code.
  const double code = model.db_per_code > 0 ? 20 * std::log10(double(gain)) / double(model.db_per_code)
                                            : (double(model.c0) - double(model.c1) * gain) / (double(model.m1) * gain - model.m0);
  return std::clamp(static_cast<int>(std::floor(code + 1e-3)), model.min_code, model.max_code);
}

const SensorFacts* find_sensor(std::string_view name) {
  const auto* found = std::find_if(kSensors.begin(), kSensors.end(), [&](const SensorFacts& sensor) { return sensor.name == name; });
  return found == kSensors.end() ? nullptr : found;
}

}  // namespace argent

// camera/sensor_table.h - what the kernel does not tell about image sensors: what a gain code means, when a control takes effect, black.
#pragma once

#include <string_view>

#include "camera/ledger.h"

namespace argent {

/// Steps of dB, gain = 10^(db_per_code code / 20), or else gain = (m0 code + c0) / (m1 code + c1): the forms of libcamera's
/// CameraSensorHelper. All zero: any gain.
struct GainModel {
  int m0 = 0, c0 = 0, m1 = 0, c1 = 0;
  int min_code = 0, max_code = 0;  ///< both 0: the driver knows
  float db_per_code = 0;
};

bool has_codes(const GainModel& model);
/// Both only for a model that has codes; one whose limits are the driver's to know gets them first: with both at 0 there is only code 0.
float gain_of_code(const GainModel& model, int code);
/// The nearest code not above; within min_code and max_code. `gain`: positive and finite.
int code_of_gain(const GainModel& model, float gain);

struct SensorFacts {
  std::string_view name;  ///< libcamera's Model, the first word of the entity's name: "imx219"
  GainModel gain;
  ControlLatencies latencies;  ///< the lens has its own: 1 here
  int black = 0;               ///< code of no light out of 65536; 0: not known
};

/// nullptr: not in the table.
const SensorFacts* find_sensor(std::string_view name);

}  // namespace argent

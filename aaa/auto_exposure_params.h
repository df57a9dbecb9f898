// aaa/auto_exposure_params.h - what auto exposure is told once.
#pragma once

#include "isp/params.h"

namespace argent {

struct AutoExposureParams {
  /// Metered luma wanted, before EV: the pair of ToneParams::exposure (0.18 / 2^1.25 comes out as middle grey), with the headroom that
  /// cameras leave above it.
  float target = 0.0757f;
  float centre_weight = 2;    ///< weight of the centre against the border
  float max_clipped = 0.01f;  ///< fraction of pixels that may saturate before the target gives way
  float max_analogue_gain = 16;
  float max_exposure_us = 66'666;
  float min_exposure_us = 30;
  float max_step = 4;  ///< EV in one update
};

template <class List>
void describe(List& list, AutoExposureParams& p) {
  list.field("target", p.target, {.min = 0.02, .max = 0.5, .doc = "metered luma wanted, 1 = saturation"});
  list.field("centre_weight", p.centre_weight, {.min = 1, .max = 16, .doc = "weight of the centre against the border"});
  list.field("max_clipped", p.max_clipped, {.min = 0, .max = 1, .doc = "fraction of pixels that may saturate before the target gives way"});
  list.field("max_analogue_gain", p.max_analogue_gain, {.min = 1, .max = 1024, .doc = "ceiling of the analogue gain"});
  list.field("min_exposure_us", p.min_exposure_us, {.min = 1, .max = 1e9, .unit = "us", .doc = "floor of the exposure time"});
  list.field("max_exposure_us", p.max_exposure_us, {.min = 1, .max = 1e9, .unit = "us", .doc = "ceiling of the exposure time"});
  list.field("max_step", p.max_step, {.min = 0.1, .max = 20, .unit = "EV", .doc = "largest correction in one update"});
}

}  // namespace argent

// aaa/controller_params.h - what the controllers are told once.
#pragma once

#include "aaa/illuminant.h"
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

struct AutoWhiteBalanceParams {
  std::string estimator = "grey_pixel";
  float damping_seconds = 0;   ///< time constant of the temporal filter; 0: none (single pictures)
  float min_evidence = 0.02f;  ///< below it the gains are held
  IlluminantPrior prior;       ///< the sensor's cct curve
};

struct ControllerParams {
  AutoExposureParams exposure;
  AutoWhiteBalanceParams white_balance;
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

template <class List>
void describe(List& list, AutoWhiteBalanceParams& p) {
  list.field("estimator", p.estimator, {.doc = "whose opinion the gains follow"});
  list.field("damping_seconds", p.damping_seconds,
             {.min = 0, .max = 3600, .unit = "s", .doc = "time constant of the temporal filter, 0 = none"});
  list.field("min_evidence", p.min_evidence, {.min = 0, .max = 1, .doc = "below it the gains are held"});
}

template <class List>
void describe(List& list, ControllerParams& p) {
  list.group("ae", p.exposure);
  list.group("awb", p.white_balance);
}

}  // namespace argent

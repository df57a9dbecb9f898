// aaa/auto_white_balance_params.h - what auto white balance is told once.
#pragma once

#include <string>

#include "aaa/illuminant.h"
#include "aaa/light_fusion_params.h"
#include "isp/params.h"

namespace argent {

struct CctRange {
  float min = 0, max = 1e6f;  ///< kelvin
};

/// What libcamera's AwbMode may search. Source of the defaults: Raspberry Pi's tunings.
struct AwbModeRanges {
  CctRange automatic, incandescent{2500, 3000}, tungsten{3000, 3500}, fluorescent{4000, 4700}, indoor{3000, 5000}, daylight{5500, 6500},
      cloudy{7000, 8500};
};

struct AutoWhiteBalanceParams {
  std::string estimator = "fused";
  std::string weights;                      ///< file of the learned estimators' weights; empty: the built-in ones
  std::shared_ptr<const LightModel> model;  ///< what is in that file: who reads parameters loads it, for here no files are read
  /// Time constant of the temporal filter at usual confidence: a step of the light is 90 % undone after 2.3 of it. The first frame and
  /// frames without a time are not filtered; 0: none are.
  float damping_seconds = 0.2f;
  bool opinions = false;       ///< ask all estimators, not only the one that is followed: for the trace
  float min_evidence = 0.02f;  ///< below it the gains are held
  LightFusionParams fusion;
  IlluminantPrior prior;  ///< the sensor's cct curve
  AwbModeRanges modes;
};

template <class List>
void describe(List& list, AutoWhiteBalanceParams& p) {
  list.field("estimator", p.estimator, {.doc = "whose opinion the gains follow"});
  list.field("weights", p.weights, {.doc = "file of the learned estimators' weights, empty = the built-in ones"});
  list.field("damping_seconds", p.damping_seconds,
             {.min = 0, .max = 3600, .unit = "s", .doc = "time constant of the temporal filter, 0 = none"});
  list.field("opinions", p.opinions, {.doc = "ask all estimators, for the trace"});
  list.field("min_evidence", p.min_evidence, {.min = 0, .max = 1, .doc = "below it the gains are held"});
  list.group("fusion", p.fusion);
}

}  // namespace argent

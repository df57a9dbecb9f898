// aaa/auto_white_balance_params.h - what auto white balance is told once.
#pragma once

#include <string>

#include "aaa/illuminant.h"
#include "isp/params.h"

namespace argent {

struct AutoWhiteBalanceParams {
  std::string estimator = "grey_pixel";
  float damping_seconds = 0;   ///< time constant of the temporal filter; 0: none (single pictures)
  float min_evidence = 0.02f;  ///< below it the gains are held
  IlluminantPrior prior;       ///< the sensor's cct curve
};

template <class List>
void describe(List& list, AutoWhiteBalanceParams& p) {
  list.field("estimator", p.estimator, {.doc = "whose opinion the gains follow"});
  list.field("damping_seconds", p.damping_seconds,
             {.min = 0, .max = 3600, .unit = "s", .doc = "time constant of the temporal filter, 0 = none"});
  list.field("min_evidence", p.min_evidence, {.min = 0, .max = 1, .doc = "below it the gains are held"});
}

}  // namespace argent

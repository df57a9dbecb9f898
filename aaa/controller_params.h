// aaa/controller_params.h - what the controllers are told once.
#pragma once

#include "aaa/auto_exposure_params.h"
#include "aaa/auto_focus_params.h"
#include "aaa/auto_white_balance_params.h"

namespace argent {

struct ControllerParams {
  AutoExposureParams exposure;
  AutoWhiteBalanceParams white_balance;
  AutoFocusParams focus;
};

template <class List>
void describe(List& list, ControllerParams& p) {
  list.group("ae", p.exposure);
  list.group("awb", p.white_balance);
  list.group("af", p.focus);
}

}  // namespace argent

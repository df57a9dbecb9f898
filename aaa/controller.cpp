#include "aaa/controller.h"

#include "aaa/auto_exposure.h"
#include "aaa/auto_focus.h"
#include "aaa/auto_white_balance.h"
#include "isp/error.h"

namespace argent {
namespace {

ControllerParams checked(ControllerParams params) {
  check(fields_of(params), "controller");
  if (params.exposure.min_exposure_us > params.exposure.max_exposure_us) {
    throw Error("controller: ae.min_exposure_us = " + std::to_string(params.exposure.min_exposure_us) +
                " violates ae.min_exposure_us <= ae.max_exposure_us = " + std::to_string(params.exposure.max_exposure_us));
  }
  return params;
}

}  // namespace

struct Controller::State {
  explicit State(const ControllerParams& params) : exposure(params.exposure), white_balance(params.white_balance), focus(params.focus) {}
  AutoExposure exposure;
  AutoWhiteBalance white_balance;
  AutoFocus focus;
};

Controller::Controller(ControllerParams params) : state_(std::make_unique<State>(checked(std::move(params)))) {}
Controller::~Controller() = default;
Controller::Controller(Controller&&) noexcept = default;
Controller& Controller::operator=(Controller&&) noexcept = default;

Decision Controller::update(const Statistics& statistics, const Request& request) {
  Decision out;
  // White balance first: exposure meters the luma that the picture will have.
  WhiteBalanceDecision white_balance = state_->white_balance.update(statistics, request);
  ExposureDecision exposure = state_->exposure.update(statistics, request, white_balance.colour_gains);
  FocusDecision focus = state_->focus.update(statistics, request);
  out.controls = {exposure.sensor, white_balance.colour_gains, white_balance.colour_temperature, exposure.digital_gain,
                  std::move(white_balance.gain_map)};
  out.controls.sensor.lens_position = focus.lens_position;
  out.trace = {exposure.trace, std::move(white_balance.trace), focus.trace};
  return out;
}

}  // namespace argent

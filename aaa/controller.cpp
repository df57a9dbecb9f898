#include "aaa/controller.h"

#include "aaa/auto_exposure.h"
#include "aaa/auto_focus.h"
#include "aaa/auto_white_balance.h"
#include "aaa/frame_check.h"
#include "models/runtime/error.h"

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

/// What a frame that can't be trusted still says: what was in force.
std::unique_ptr<Statistics> nothing_seen(const Statistics& statistics) {
  auto out = std::make_unique<Statistics>();
  out->columns = out->rows = out->bands = out->phase_columns = out->phase_rows = 0;
  out->applied = statistics.applied;
  out->luma_gains = statistics.luma_gains;
  return out;
}

}  // namespace

struct Controller::State {
  explicit State(const ControllerParams& params) : exposure(params.exposure), white_balance(params.white_balance), focus(params.focus) {}
  FrameCheck check;
  AutoExposure exposure;
  AutoWhiteBalance white_balance;
  AutoFocus focus;
};

Controller::Controller(ControllerParams params) : state_(std::make_unique<State>(checked(std::move(params)))) {}
Controller::~Controller() = default;
Controller::Controller(Controller&&) noexcept = default;
Controller& Controller::operator=(Controller&&) noexcept = default;

Decision Controller::update(const Statistics& frame, const Request& request) {
  Decision out;
  const std::unique_ptr<Statistics> nothing = state_->check.damaged(frame) ? nothing_seen(frame) : nullptr;
  const Statistics& statistics = nothing ? *nothing : frame;
  // White balance first: exposure meters the luma that the picture will have.
  WhiteBalanceDecision white_balance = state_->white_balance.update(statistics, request);
  ExposureDecision exposure = state_->exposure.update(statistics, request, white_balance.colour_gains);
  FocusDecision focus = state_->focus.update(statistics, request);
  out.controls = {exposure.sensor, white_balance.colour_gains, white_balance.colour_temperature, exposure.digital_gain,
                  std::move(white_balance.gain_map)};
  out.controls.sensor.lens_position = focus.lens_position;
  out.trace = {exposure.trace, std::move(white_balance.trace), focus.trace, nothing != nullptr};
  return out;
}

}  // namespace argent

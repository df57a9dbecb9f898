// aaa/controller.h - the third verb: decide.
//
//   Decision decision = controller.update(statistics, request);
#pragma once

#include <memory>

#include "aaa/controller_params.h"
#include "aaa/decision.h"
#include "aaa/request.h"

namespace argent {

/// Sees statistics, never pixels; has no clock but statistics.applied. One per camera; not for several threads at once.
class Controller {
 public:
  /// Throws Error for parameters out of range and for an unknown estimator.
  explicit Controller(ControllerParams params = {});
  ~Controller();
  Controller(Controller&&) noexcept;
  Controller& operator=(Controller&&) noexcept;

  /// Never fails: missing evidence is confidence 0, and the controller holds.
  Decision update(const Statistics& statistics, const Request& request = {});

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace argent

// aaa/auto_focus.h - private: where the lens should go.
#pragma once

#include "aaa/auto_focus_params.h"
#include "aaa/decision.h"
#include "aaa/request.h"

namespace argent {

struct FocusDecision {
  float lens_position = 0;  ///< dioptres
  FocusTrace trace;
};

class AutoFocus {
 public:
  explicit AutoFocus(const AutoFocusParams& params) : params_(params) {}

  FocusDecision update(const Statistics& statistics, const Request& request);

 private:
  AutoFocusParams params_;
};

}  // namespace argent

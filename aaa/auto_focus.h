// aaa/auto_focus.h - private: how sharp the picture is.
#pragma once

#include "aaa/decision.h"

namespace argent {

/// Mean focus score of the zones, the middle counting most; zones without light or with values that aren't numbers left out.
FocusTrace measure_focus(const Statistics& statistics);

}  // namespace argent

// samples/state_names.h - what the states of AE and AF are called in logs, in tables and on screens.
#pragma once

#include <array>
#include <cstddef>

#include "aaa/decision.h"

namespace argent {

constexpr const char* name_of(AeState state) {
  constexpr std::array names{"idle", "searching", "converged"};
  return names[static_cast<std::size_t>(state)];
}

constexpr const char* name_of(AfState state) {
  constexpr std::array names{"idle", "scanning", "focused", "failed"};
  return names[static_cast<std::size_t>(state)];
}

}  // namespace argent

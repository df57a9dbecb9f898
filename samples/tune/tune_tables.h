// samples/tune/tune_tables.h - what came of tuning as text: for people, and as a table for programs.
#pragma once

#include <string>
#include <vector>

#include "samples/tune/tune_tasks.h"

namespace argent {

struct TunedTask {
  const TuneTask* task;
  TuneResult result;
};

/// "taken: candidate 2, ..." or "the start stays: ...".
std::string verdict_of(const TunedTask& tuned);

/// Terms, parameters, verdict.
std::string text_of(const TunedTask& tuned);

/// Lines "controller,candidate,on_front,picked,kind,name,value"; kind: weight, held_out and seen (ratios to the start, of terms; score),
/// better, value (of a parameter).
std::string front_table(const std::vector<TunedTask>& tuned);

/// "0.0757", four digits at most; "-" for what is not a number.
std::string number_text(double value);

}  // namespace argent

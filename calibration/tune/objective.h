// calibration/tune/objective.h - what parameters are judged by: cases, and what is measured on each.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "aaa/controller_params.h"

namespace argent {

/// A scenario's run, a labelled scene, a rated exposure, a recorded sweep.
struct TuneCase {
  std::string name;
  std::string group;              ///< cases of one group are never divided between tuning and judging
  std::uint64_t fingerprint = 0;  ///< of what it is made of, so that a journal is not taken for another set's
};

enum class TermSum { kMean, kWorstQuarter };

/// One number that should be small, over the cases that have it.
struct TuneTerm {
  std::string name, unit{}, meaning{};
  std::size_t measure = 0;  ///< which of a case's numbers
  TermSum sum = TermSum::kMean;
  /// Added before two are compared: less is as good as nothing. In the term's unit, above 0.
  double floor = 1;
};

struct CaseResult {
  std::vector<double> measures;  ///< one of each kind, not negative; NaN: the case says nothing of it
  std::uint64_t updates = 0;     ///< of the controllers, that it took
};

/// Judges one set of parameters. One thread at a time.
class TuneJudge {
 public:
  virtual ~TuneJudge() = default;
  virtual CaseResult measure(std::size_t index) = 0;
};

/// The same parameters give the same numbers. Several threads may ask for judges.
class TuneObjective {
 public:
  virtual ~TuneObjective() = default;
  virtual std::string name() const = 0;  ///< "ae=response"
  virtual const std::vector<TuneTerm>& terms() const = 0;
  virtual const std::vector<TuneCase>& cases() const = 0;
  virtual std::unique_ptr<TuneJudge> judge(const ControllerParams& params) const = 0;
};

/// FNV-1a, 64 bits, of bytes; `seed`: of what came before them.
std::uint64_t fingerprint_of(std::string_view bytes, std::uint64_t seed = 14695981039346656037u);

}  // namespace argent

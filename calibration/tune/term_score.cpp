#include "calibration/tune/term_score.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>

namespace argent {

std::uint64_t fingerprint_of(std::string_view bytes, std::uint64_t seed) {
  std::uint64_t hash = seed;
  for (char byte : bytes) hash = (hash ^ static_cast<unsigned char>(byte)) * 1099511628211u;
  return hash;
}

double sum_of(const TuneTerm& term, std::span<const CaseResult* const> results) {
  std::vector<double> values;
  for (const CaseResult* result : results) {
    const double value = result->measures[term.measure];
    if (!std::isnan(value)) values.push_back(value);
  }
  if (values.empty()) return std::numeric_limits<double>::quiet_NaN();
  if (term.sum == TermSum::kWorstQuarter) {
    std::sort(values.begin(), values.end(), std::greater<>());
    values.resize((values.size() + 3) / 4);
  }
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double ratio_of(const TuneTerm& term, double tuned, double start) { return (tuned + term.floor) / (start + term.floor); }

double score_of(std::span<const double> ratios, std::span<const double> weights) {
  double sum = 0, all = 0;
  for (std::size_t i = 0; i < ratios.size(); i++) {
    if (std::isnan(ratios[i])) continue;
    sum += weights[i] * ratios[i];
    all += weights[i];
  }
  return all > 0 ? sum / all : 1;
}

}  // namespace argent

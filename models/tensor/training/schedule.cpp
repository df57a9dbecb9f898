#include "models/tensor/training/schedule.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace argent::tensor {
namespace {

/// From `a` at 0 to `b` at 1.
double half_cosine(double a, double b, double part) { return b + (a - b) / 2 * (1 + std::cos(std::numbers::pi * part)); }

double checked_steps(std::int64_t steps) {
  if (steps < 1) throw Error("a schedule of ", steps, " steps");
  return static_cast<double>(steps);
}

}  // namespace

Schedule constant(double rate) {
  return [=](std::int64_t) { return rate; };
}

Schedule step_decay(double rate, std::int64_t every, double factor) {
  checked_steps(every);
  return [=](std::int64_t step) { return rate * std::pow(factor, static_cast<double>(step / every)); };
}

Schedule multistep_decay(double rate, std::vector<std::int64_t> at, double factor) {
  if (!std::is_sorted(at.begin(), at.end())) throw Error("the steps of a schedule do not ascend");
  return [rate, at = std::move(at), factor](std::int64_t step) {
    return rate * std::pow(factor, static_cast<double>(std::upper_bound(at.begin(), at.end(), step) - at.begin()));
  };
}

Schedule exponential_decay(double rate, double factor) {
  return [=](double step) { return rate * std::pow(factor, step); };
}

Schedule cosine(double rate, std::int64_t steps, double lowest) {
  const double all = checked_steps(steps);
  return [=](double step) { return half_cosine(rate, lowest, std::min(step, all) / all); };
}

Schedule warmup(Schedule after, std::int64_t steps, double start) {
  const double all = checked_steps(steps);
  return [=, after = std::move(after)](std::int64_t step) {
    if (step >= steps) return after(step - steps);
    return after(0) * (start + (1 - start) * static_cast<double>(step) / all);
  };
}

Schedule one_cycle(const OneCycle& options) {
  const double all = checked_steps(options.steps), last = all - 1, top = options.rising * all - 1;
  const double highest = options.highest, begin = highest / options.start_divisor, end = begin / options.end_divisor;
  return [=](double step) {
    const double at = std::min(step, last);
    return at <= top ? half_cosine(begin, highest, at / top) : half_cosine(highest, end, (at - top) / (last - top));
  };
}

PlateauSchedule::PlateauSchedule(double rate, const PlateauOptions& options)
    : options_(options), numbers_(from_values({rate, std::numeric_limits<double>::infinity(), 0, 0}, DType::kF64)) {}

double PlateauSchedule::next(double loss) {
  double* numbers = numbers_.mutable_data<double>();
  double &rate = numbers[0], &best = numbers[1], &bad = numbers[2], &cooling = numbers[3];
  if (loss < best * (1 - options_.threshold)) {
    best = loss;
    bad = 0;
  } else {
    bad++;
  }
  if (cooling > 0) {
    cooling--;
    bad = 0;
  }
  if (bad > options_.patience) {
    constexpr double kLeastChange = 1e-8;  // what torch.optim calls eps
    const double lower = std::max(rate * options_.factor, options_.lowest);
    if (rate - lower > kLeastChange) rate = lower;
    cooling = options_.cooldown;
    bad = 0;
  }
  return rate;
}

}  // namespace argent::tensor

// models/tensor/training/lbfgs.h - L-BFGS, for small problems whose whole loss can be asked for again and again.
//
// Source: Nocedal and Wright, Numerical Optimization (2nd edition), algorithm 7.4 (two loops), 7.20 (scale), 3.5 and 3.6 (strong Wolfe
// conditions), 3.59 (cubic interpolation); starts, bounds and ends as torch.optim.LBFGS has them. It looks at numbers, so it can't be
// traced.
#pragma once

#include <cstdint>
#include <functional>

#include "models/tensor/layers/members.h"

namespace argent::tensor {

/// kNone: each step has the length learning_rate.
enum class LineSearch { kNone, kStrongWolfe };

struct LbfgsOptions {
  double learning_rate = 1;
  int max_iterations = 20;           ///< a step()
  int max_evaluations = 0;           ///< a step(); 0: five quarters of the iterations. A line search that runs is not cut short
  double tolerance_gradient = 1e-7;  ///< ends when no element of the gradient is larger
  double tolerance_change = 1e-9;    ///< ends when neither loss nor parameters change by more
  int history = 100;                 ///< pairs that the curvature is known from; each takes twice the parameters' memory
  LineSearch line_search = LineSearch::kNone;
};

class Lbfgs final : public Stateful {
 public:
  /// Leaves of one floating type that require gradients.
  explicit Lbfgs(std::vector<Tensor> parameters, const LbfgsOptions& options = {});

  /// `loss`: with gradients set to nothing before, computes the loss, calls backward() on it and returns it. Returns the first one.
  double step(const std::function<Tensor()>& loss);

  void describe(Members& members) override;

 private:
  struct Point {
    double loss = 0;
    Tensor gradient;  ///< flat
  };
  struct Step {
    double length = 0;
    Point point;
    double slope = 0;  ///< along the direction
  };
  struct Search;
  /// The numbers between steps, in the order of numbers_.
  enum Number { kIterations, kRows, kNewest, kScale, kLength, kNumbers };

  Point evaluate(const std::function<Tensor()>& loss);
  void move_to(const Tensor& flat);
  void learn_curvature(const Tensor& gradient);
  Tensor direction_from(const Tensor& gradient) const;
  double number(Number which) const { return numbers_.data<double>()[which]; }
  void set_number(Number which, double value) { numbers_.mutable_data<double>()[which] = value; }

  std::vector<Tensor> parameters_;
  LbfgsOptions options_;
  std::int64_t size_ = 0;                  ///< elements of all parameters
  int evaluations_ = 0;                    ///< in this step()
  Tensor numbers_, direction_, gradient_;  ///< gradient_: at the start of the last iteration
  Tensor moves_, changes_;                 ///< [history, size]: s and y, a ring
};

}  // namespace argent::tensor

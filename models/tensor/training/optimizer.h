// models/tensor/training/optimizer.h - what changes parameters along their gradients.
//
// All that a step needs is tensors, the rate and the number of the step, too: a step that was traced with the loss before it goes on
// learning when the graph is run again, and a state that was saved resumes bit for bit.
#pragma once

#include <vector>

#include "models/tensor/layers/members.h"

namespace argent::tensor {

/// Parameters in groups, each with a learning rate and other options of its own. Those without a gradient are passed over.
class Optimizer : public Stateful {
 public:
  /// Once, after backward(). Throws Error when a gradient's shape is not its parameter's.
  virtual void step() = 0;
  void zero_gradients();

  int group_count() const { return static_cast<int>(groups_.size()); }
  double learning_rate(int group = 0) const;
  void set_learning_rate(double rate);  ///< of all groups
  void set_learning_rate(double rate, int group);
  std::vector<Tensor> parameters() const;

  /// "steps", "group0.learning_rate", "0.first_moment" of the first parameter, ...
  void describe(Members& members) override;

 protected:
  struct Slot {
    Tensor parameter;
    Tensor first, second;  ///< running moments of the gradient; undefined where the rule needs none
  };
  struct Group {
    Tensor learning_rate;  ///< f64, rank 0
    std::vector<Slot> slots;
  };
  enum class Moments { kNone, kFirst, kBoth };

  /// `parameters` are leaves that require a gradient; throws Error for others, and when one is there twice.
  void add_slots(std::vector<Tensor> parameters, double learning_rate, Moments moments);

  Tensor steps_ = zeros({}, DType::kF64);  ///< steps done
  std::vector<Group> groups_;
};

}  // namespace argent::tensor

// models/tensor/plan.h - a graph in memory of its own: runs without allocating anything.
//
//   Plan plan(trace(function, {example}), {example});
//   write(plan.input(0));
//   plan.run();
//   read(plan.output(0));   // bit for bit what graph.run() returns
#pragma once

#include "models/tensor/graph.h"

namespace argent::tensor {

/// For inference, by one thread at a time. Holds every value of the graph at once. Parameters are looked at anew in each run.
class Plan {
 public:
  /// Runs the graph once, on copies of the examples, and throws what that throws; Error for a graph that writes tensors.
  Plan(const Graph& graph, std::span<const Tensor> examples);
  Plan(const Graph& graph, std::initializer_list<Tensor> examples) : Plan(graph, std::span(examples.begin(), examples.size())) {}

  const Tensor& input(int i) const { return inputs_[static_cast<std::size_t>(i)]; }
  const Tensor& output(int i) const { return outputs_[static_cast<std::size_t>(i)]; }
  void run();

 private:
  struct Step {
    OpId op = OpId::kCount;
    Attributes attributes;
    std::vector<Tensor> inputs, outputs;
  };
  std::vector<Step> steps_;  // views were made when the plan was
  std::vector<Tensor> inputs_, outputs_;
};

}  // namespace argent::tensor

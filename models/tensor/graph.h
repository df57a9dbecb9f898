// models/tensor/graph.h - operations recorded while a function ran, to be run again on other numbers.
//
//   Graph graph = trace([&](std::span<const Tensor> in) { return std::vector{net.forward(in[0])}; }, {example});
//   std::vector<Tensor> out = graph.run({image});   // bit for bit what the function returns
#pragma once

#include <functional>
#include <initializer_list>
#include <string>
#include <vector>

#include "models/tensor/attributes.h"
#include "models/tensor/op_id.h"
#include "models/tensor/tensor.h"

namespace argent::tensor {

using TensorFunction = std::function<std::vector<Tensor>(std::span<const Tensor>)>;

class Graph {
 public:
  /// Values are numbered: inputs first, then as they appear.
  struct Step {
    OpId op = OpId::kCount;
    Attributes attributes;
    std::vector<int> inputs, outputs;
    Source source;
    bool recorded = true;  ///< gradients were on: in a run they are if they are on there, too
  };
  struct Value {
    Dims shape;
    DType dtype = DType::kF32;
    int last_use = -1;  ///< the step after which nobody needs it; -1: an output of the graph, or unused
  };
  /// A tensor that the function used and was not given: a parameter, which is looked at anew in each run, or one that it made itself.
  struct Constant {
    int value = 0;
    Tensor tensor;
    bool made_here = false;
    bool written = false;  ///< made here and written later: each run starts from a copy
  };

  /// Inputs of the shapes and types of the examples; throws Error for others. Recorded in the tape like anything else.
  std::vector<Tensor> run(std::span<const Tensor> inputs) const;
  std::vector<Tensor> run(std::initializer_list<Tensor> inputs) const { return run(std::span(inputs.begin(), inputs.size())); }

  /// Throws Error for other inputs than the graph is of.
  void check_inputs(std::span<const Tensor> inputs) const;

  /// One line a step: results, operation, inputs, attributes, shapes, the line of the program.
  std::string text() const;

  const std::vector<Step>& steps() const { return steps_; }
  const std::vector<Value>& values() const { return values_; }
  const std::vector<Constant>& constants() const { return constants_; }
  int input_count() const { return inputs_; }
  const std::vector<int>& outputs() const { return outputs_; }

 private:
  friend class Tracer;
  int inputs_ = 0;
  std::vector<Value> values_;
  std::vector<Constant> constants_;
  std::vector<Step> steps_;
  std::vector<int> outputs_;
};

/// Runs `function` on the examples, once, with all its effects, and records what it does. Gradients taken within are recorded too, and so
/// are writes to parameters. Choices that the function makes by looking at shapes are made for good. Throws Error when it looks at numbers,
/// which a graph could not follow, or is itself traced.
Graph trace(const TensorFunction& function, std::span<const Tensor> examples);
Graph trace(const TensorFunction& function, std::initializer_list<Tensor> examples);

}  // namespace argent::tensor

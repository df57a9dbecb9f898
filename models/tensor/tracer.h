// models/tensor/tracer.h - private: records the operations of a thread into a Graph.
#pragma once

#include <unordered_map>

#include "models/tensor/graph.h"
#include "models/tensor/op.h"

namespace argent::tensor {

class Tracer {
 public:
  /// Active on this thread until it goes. Throws Error when one is.
  explicit Tracer(std::span<const Tensor> inputs);
  ~Tracer();
  Tracer(const Tracer&) = delete;
  Tracer& operator=(const Tracer&) = delete;

  /// The one of this thread, or nullptr.
  static Tracer* active();

  std::uint32_t id() const { return id_; }
  /// To be called with the inputs of an operation before it runs, and may write them.
  void see(std::span<const Tensor> inputs);
  void record(const Call& call, std::span<const Tensor> outputs, Source source);
  /// Whether the numbers of `tensor` depend on the inputs.
  bool follows(const Tensor& tensor) const;
  Graph finish(std::span<const Tensor> outputs);

 private:
  int value_of(const Tensor& tensor);
  int new_value(const Tensor& tensor);

  std::uint32_t id_;
  Graph graph_;
  std::unordered_map<int, std::size_t> constant_of_;           // value -> index in constants
  std::unordered_map<const Storage*, std::size_t> made_here_;  // storage -> index in constants
  std::vector<Tensor> held_;                                   // those, so that no other storage comes to lie there
};

}  // namespace argent::tensor

// models/tensor/layers/module.h - what all parts of networks have in common, and chains of layers.
#pragma once

#include <functional>
#include <memory>
#include <type_traits>

#include "models/tensor/layers/members.h"

namespace argent::tensor {

/// Dropout drops, and batch norms take the batch's statistics, in training alone.
enum class Mode { kTraining, kEvaluation };

/// May be moved, not copied: two copies would share their tensors.
class Module : public Stateful {
 public:
  Mode mode = Mode::kTraining;

  void describe(Members&) override {}  ///< of those that have no tensors
};

/// One that makes one tensor of one.
class Layer : public Module {
 public:
  virtual Tensor forward(const Tensor& x) = 0;
  Tensor operator()(const Tensor& x) { return forward(x); }
};

/// One that learns a weight and a bias, where these are defined.
class WeightedLayer : public Layer {
 public:
  void describe(Members& members) override;

  Tensor weight, bias;
};

/// A function as a layer: Sequential(Linear(3, 8, random), [](const Tensor& x) { return relu(x); })
class FunctionLayer final : public Layer {
 public:
  explicit FunctionLayer(std::function<Tensor(const Tensor&)> function) : function_(std::move(function)) {}
  Tensor forward(const Tensor& x) override { return function_(x); }

 private:
  std::function<Tensor(const Tensor&)> function_;
};

/// One after the other; named "0", "1", ... as they are given. Functions of a tensor are layers, too.
class Sequential final : public Layer {
 public:
  template <class... Layers>
  explicit Sequential(Layers... layers) {
    (add(std::move(layers)), ...);
  }
  template <class L>
  void add(L layer) {
    if constexpr (std::is_base_of_v<Layer, L>) {
      layers_.push_back(std::make_unique<L>(std::move(layer)));
    } else {
      layers_.push_back(std::make_unique<FunctionLayer>(std::move(layer)));
    }
  }
  Tensor forward(const Tensor& x) override;
  void describe(Members& members) override;

 private:
  std::vector<std::unique_ptr<Layer>> layers_;
};

/// What learns, in the order of description; each once, however often it is used.
std::vector<Tensor> parameters(Stateful& module);

/// Of it and all its parts.
void set_mode(Module& module, Mode mode);

/// Floating tensors become new ones of this type: optimizers and graphs that hold the old ones are to be made afterwards.
void convert(Module& module, DType type);

/// Forgets what backward() has accumulated.
void zero_gradients(std::span<const Tensor> tensors);

}  // namespace argent::tensor

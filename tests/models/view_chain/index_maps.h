// tests/models/view_chain/index_maps.h - what views and writes mean, without strides: a view is a list of places in a storage.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "models/runtime/dims.h"

namespace argent::tensor {

class IndexMaps {
 public:
  struct View {
    std::size_t storage = 0;
    Dims shape;
    std::vector<std::size_t> places;  ///< of the elements in the order of their indices
  };

  /// One step of a chain, as tests/models/view_chain/generate.py describes it.
  void step(const nlohmann::json& step);
  std::vector<double> values(std::size_t tensor) const;
  const Dims& shape(std::size_t tensor) const { return tensors_[tensor].shape; }

 private:
  void add_new(const Dims& shape, std::vector<double> values);
  void add_view(const std::string& name, const nlohmann::json& step);
  void write(const std::string& name, const nlohmann::json& step);

  std::vector<std::vector<double>> storages_;
  std::vector<View> tensors_;
};

Dims dims_of(const nlohmann::json& list);

}  // namespace argent::tensor

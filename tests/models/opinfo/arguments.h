// tests/models/opinfo/arguments.h - what an OpInfo sample calls a function with, looked at by position and name.
#pragma once

#include <nlohmann/json.hpp>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "models/tensor/operand.h"

namespace argent::tensor::opinfo {

/// A sample that asks for what the engine has not; counted, and the count has a bound.
class Unsupported : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Position 0 is the sample's `input`. An argument that nobody has asked for makes the sample unsupported: see unread().
class Arguments {
 public:
  Arguments(const nlohmann::json& positional, const nlohmann::json& named, std::vector<Tensor> tensors, std::vector<bool> complex)
      : positional_(positional), named_(named), tensors_(std::move(tensors)), complex_(std::move(complex)) {}

  int count() const { return static_cast<int>(positional_.size()); }
  /// Given, and not None.
  bool has(int position, const std::string& name = {});
  bool is_tensor(int position, const std::string& name = {});
  bool is_list(int position, const std::string& name = {});
  bool is_complex(int position = 0);

  const Tensor& tensor(int position = 0, const std::string& name = {});
  /// A tensor or a number.
  Operand operand(int position = 0, const std::string& name = {});
  /// Undefined when not given.
  Tensor tensor_or_none(int position, const std::string& name = {});
  /// A list of tensors.
  std::vector<Tensor> tensors(int position = 0, const std::string& name = {});
  /// Tensors given one by one from `position` on, or one list of them.
  std::vector<Tensor> all_tensors(int position = 0);

  double number(int position, const std::string& name, double otherwise);
  std::int64_t integer(int position, const std::string& name, std::int64_t otherwise);
  std::int64_t integer(int position, const std::string& name = {});
  bool flag(int position, const std::string& name, bool otherwise);
  std::string text(int position, const std::string& name, const std::string& otherwise);
  DType dtype(int position, const std::string& name, DType otherwise);
  /// One number or a list of them.
  Dims dims(int position, const std::string& name = {});
  /// A list, or all positional numbers from `position` on.
  Dims all_dims(int position, const std::string& name = {});
  /// The tensor that an item of a list names.
  const Tensor& tensor_in(const nlohmann::json& item) const { return tensors_[item["tensor"].get<std::size_t>()]; }
  /// As it was dumped.
  const nlohmann::json& json(int position, const std::string& name = {});

  /// Arguments that nobody asked for, in words; empty when there are none.
  std::string unread() const;

 private:
  const nlohmann::json* find(int position, const std::string& name);
  const nlohmann::json& get(int position, const std::string& name);

  const nlohmann::json& positional_;
  const nlohmann::json& named_;
  std::vector<Tensor> tensors_;
  std::vector<bool> complex_;
  std::set<int> read_positions_;
  std::set<std::string> read_names_;
};

}  // namespace argent::tensor::opinfo

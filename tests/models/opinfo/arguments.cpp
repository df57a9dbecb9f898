#include "tests/models/opinfo/arguments.h"

#include <cmath>
#include <limits>

namespace argent::tensor::opinfo {
namespace {

std::string where(int position, const std::string& name) { return "argument " + std::to_string(position) + " (" + name + ")"; }

bool is_infinite(const nlohmann::json& value) { return value.is_object() && value.contains("float"); }

double number_of(const nlohmann::json& value, int position, const std::string& name) {
  if (value.is_boolean()) return value.get<bool>() ? 1 : 0;
  if (value.is_number()) return value.get<double>();
  if (is_infinite(value)) {
    const std::string text = value["float"];
    if (text == "nan") return std::numeric_limits<double>::quiet_NaN();
    return text == "-inf" ? -std::numeric_limits<double>::infinity() : std::numeric_limits<double>::infinity();
  }
  throw Unsupported(where(position, name) + " is " + value.dump() + ", no number");
}

DType type_named(const std::string& name) {
  for (int type = 0; type < kDTypes; type++) {
    if (name == name_of(static_cast<DType>(type))) return static_cast<DType>(type);
  }
  throw Unsupported("type " + name);
}

}  // namespace

const nlohmann::json* Arguments::find(int position, const std::string& name) {
  if (position >= 0 && position < count()) {
    read_positions_.insert(position);
    return &positional_[static_cast<std::size_t>(position)];
  }
  if (name.empty() || !named_.contains(name)) return nullptr;
  read_names_.insert(name);
  return &named_[name];
}

const nlohmann::json& Arguments::get(int position, const std::string& name) {
  const nlohmann::json* value = find(position, name);
  if (value == nullptr) throw Unsupported(where(position, name) + " is missing");
  return *value;
}

bool Arguments::has(int position, const std::string& name) {
  const nlohmann::json* value = find(position, name);
  return value != nullptr && !value->is_null();
}
bool Arguments::is_tensor(int position, const std::string& name) {
  const nlohmann::json* value = find(position, name);
  return value != nullptr && value->is_object() && value->contains("tensor");
}
bool Arguments::is_list(int position, const std::string& name) {
  const nlohmann::json* value = find(position, name);
  return value != nullptr && value->is_array();
}
bool Arguments::is_complex(int position) { return complex_[get(position, "")["tensor"].get<std::size_t>()]; }

const Tensor& Arguments::tensor(int position, const std::string& name) {
  if (!is_tensor(position, name)) throw Unsupported(where(position, name) + " is no tensor");
  return tensors_[get(position, name)["tensor"].get<std::size_t>()];
}

Tensor Arguments::tensor_or_none(int position, const std::string& name) { return has(position, name) ? tensor(position, name) : Tensor(); }

Operand Arguments::operand(int position, const std::string& name) {
  if (is_tensor(position, name)) return tensor(position, name);
  const nlohmann::json& value = get(position, name);
  if (value.is_boolean()) return value.get<bool>();
  if (value.is_number_integer()) return value.get<std::int64_t>();
  return number_of(value, position, name);
}

std::vector<Tensor> Arguments::tensors(int position, const std::string& name) {
  std::vector<Tensor> result;
  for (const nlohmann::json& item : get(position, name)) {
    if (!item.is_object() || !item.contains("tensor")) throw Unsupported(where(position, name) + " is no list of tensors");
    result.push_back(tensors_[item["tensor"].get<std::size_t>()]);
  }
  return result;
}

std::vector<Tensor> Arguments::all_tensors(int position) {
  if (position < count() && is_list(position)) return tensors(position);
  std::vector<Tensor> result;
  for (; position < count(); position++) result.push_back(tensor(position));
  return result;
}

double Arguments::number(int position, const std::string& name, double otherwise) {
  return has(position, name) ? number_of(get(position, name), position, name) : otherwise;
}
std::int64_t Arguments::integer(int position, const std::string& name, std::int64_t otherwise) {
  return has(position, name) ? integer(position, name) : otherwise;
}
std::int64_t Arguments::integer(int position, const std::string& name) {
  const nlohmann::json& value = get(position, name);
  if (!value.is_number_integer()) throw Unsupported(where(position, name) + " is " + value.dump() + ", no whole number");
  return value.get<std::int64_t>();
}
bool Arguments::flag(int position, const std::string& name, bool otherwise) {
  return has(position, name) ? get(position, name).get<bool>() : otherwise;
}
std::string Arguments::text(int position, const std::string& name, const std::string& otherwise) {
  if (!has(position, name)) return otherwise;
  const nlohmann::json& value = get(position, name);
  return value.is_string() ? value.get<std::string>() : value.dump();
}
DType Arguments::dtype(int position, const std::string& name, DType otherwise) {
  return has(position, name) ? type_named(get(position, name).value("dtype", std::string("none"))) : otherwise;
}

Dims Arguments::dims(int position, const std::string& name) {
  Dims result;
  const nlohmann::json& value = get(position, name);
  if (value.is_number_integer()) return {value.get<std::int64_t>()};
  for (const nlohmann::json& item : value) {
    if (!item.is_number_integer()) throw Unsupported(where(position, name) + " is no list of whole numbers");
    result.push_back(item.get<std::int64_t>());
  }
  return result;
}

Dims Arguments::all_dims(int position, const std::string& name) {
  if (position >= count() && name.empty()) return {};
  if (position >= count() || is_list(position)) return dims(position, name);
  Dims result;
  for (; position < count(); position++) result.push_back(integer(position));
  return result;
}

const nlohmann::json& Arguments::json(int position, const std::string& name) { return get(position, name); }

std::string Arguments::unread() const {
  std::string result;
  for (int i = 0; i < count(); i++) {
    if (!read_positions_.contains(i)) result += " " + std::to_string(i);
  }
  for (const auto& [name, value] : named_.items()) {
    if (!read_names_.contains(name) && !value.is_null()) result += " " + name + "=" + value.dump();
  }
  return result;
}

}  // namespace argent::tensor::opinfo

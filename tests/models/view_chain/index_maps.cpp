#include "tests/models/view_chain/index_maps.h"

#include <functional>
#include <numeric>

namespace argent::tensor {
namespace {

using Index = std::vector<std::int64_t>;

/// Calls f with every index of the shape, in order.
void for_each_index(const Dims& shape, const std::function<void(const Index&)>& f) {
  Index index(static_cast<std::size_t>(shape.size()), 0);
  for (std::int64_t i = 0; i < shape.count(); i++) {
    std::int64_t rest = i;
    for (int axis = shape.size() - 1; axis >= 0; axis--) {
      index[static_cast<std::size_t>(axis)] = rest % shape[axis];
      rest /= shape[axis];
    }
    f(index);
  }
}

std::size_t flat(const Dims& shape, const Index& index) {
  std::int64_t place = 0;
  for (int axis = 0; axis < shape.size(); axis++) place = place * shape[axis] + index[static_cast<std::size_t>(axis)];
  return static_cast<std::size_t>(place);
}

/// The index in `shape` of what is at `index` of a larger shape that it is broadcast to.
Index broadcast_index(const Dims& shape, const Index& index) {
  Index result(index.end() - shape.size(), index.end());
  for (int axis = 0; axis < shape.size(); axis++) {
    if (shape[axis] == 1) result[static_cast<std::size_t>(axis)] = 0;
  }
  return result;
}

int axis_in(const nlohmann::json& axis, int rank) {
  const int given = axis.get<int>();
  return given < 0 ? given + rank : given;
}

}  // namespace

Dims dims_of(const nlohmann::json& list) {
  Dims dims;
  for (const nlohmann::json& item : list) dims.push_back(item.get<std::int64_t>());
  return dims;
}

std::vector<double> IndexMaps::values(std::size_t tensor) const {
  std::vector<double> result;
  for (std::size_t place : tensors_[tensor].places) result.push_back(storages_[tensors_[tensor].storage][place]);
  return result;
}

void IndexMaps::add_new(const Dims& shape, std::vector<double> values) {
  View view{storages_.size(), shape, std::vector<std::size_t>(values.size())};
  std::iota(view.places.begin(), view.places.end(), std::size_t{0});
  storages_.push_back(std::move(values));
  tensors_.push_back(std::move(view));
}

void IndexMaps::add_view(const std::string& name, const nlohmann::json& step) {
  const View from = tensors_[step[3].get<std::size_t>()];
  const int rank = from.shape.size();
  Dims shape = from.shape;
  std::function<Index(const Index&)> source = [](const Index& index) { return index; };
  if (name == "permute" || name == "transpose") {
    Dims axes;
    for (int i = 0; i < rank; i++) axes.push_back(name == "permute" ? step[4][static_cast<std::size_t>(i)].get<int>() : i);
    if (name == "transpose") std::swap(axes[axis_in(step[4], rank)], axes[axis_in(step[5], rank)]);
    for (int i = 0; i < rank; i++) shape[i] = from.shape[static_cast<int>(axes[i])];
    source = [axes](const Index& index) {
      Index result(index.size());
      for (std::size_t i = 0; i < index.size(); i++) result[static_cast<std::size_t>(axes[static_cast<int>(i)])] = index[i];
      return result;
    };
  } else if (name == "slice") {
    const auto axis = step[4].get<int>();
    const auto start = std::min(step[5].get<std::int64_t>(), shape[axis]), stop = std::min(step[6].get<std::int64_t>(), shape[axis]);
    const auto by = step[7].get<std::int64_t>();
    shape[axis] = stop > start ? (stop - start + by - 1) / by : 0;
    source = [=](Index index) {
      auto& i = index[static_cast<std::size_t>(axis)];
      i = start + i * by;
      return index;
    };
  } else if (name == "select") {
    const int axis = axis_in(step[4], rank);
    const auto given = step[5].get<std::int64_t>();
    const std::int64_t at = given < 0 ? given + shape[axis] : given;
    shape.erase(axis);
    source = [=](Index index) {
      index.insert(index.begin() + axis, at);
      return index;
    };
  } else if (name == "expand") {
    shape = dims_of(step[4]);
    source = [old = from.shape](const Index& index) { return broadcast_index(old, index); };
  } else if (name == "flip") {
    source = [axes = dims_of(step[4]), old = from.shape](Index index) {
      for (std::int64_t axis : axes) {
        auto& i = index[static_cast<std::size_t>(axis)];
        i = old[static_cast<int>(axis)] - 1 - i;
      }
      return index;
    };
  } else if (name == "view" || name == "reshape" || name == "unsqueeze" || name == "squeeze") {
    // The same elements in the same order.
    if (name == "view" || name == "reshape") shape = dims_of(step[4]);
    if (name == "unsqueeze") shape.insert(axis_in(step[4], rank + 1), 1);
    if (name == "squeeze" && shape[axis_in(step[4], rank)] == 1) shape.erase(axis_in(step[4], rank));
    tensors_.push_back({from.storage, shape, from.places});
    return;
  }
  View view{from.storage, shape, {}};
  for_each_index(shape, [&](const Index& index) { view.places.push_back(from.places[flat(from.shape, source(index))]); });
  tensors_.push_back(std::move(view));
}

void IndexMaps::write(const std::string& name, const nlohmann::json& step) {
  const View target = tensors_[step[2].get<std::size_t>()];
  const bool number = name.ends_with("_number") || name == "fill";
  std::vector<double> operand;  // read before anything is written
  if (!number) {
    const View from = tensors_[step[3].get<std::size_t>()];
    for_each_index(target.shape, [&](const Index& index) {
      operand.push_back(storages_[from.storage][from.places[flat(from.shape, broadcast_index(from.shape, index))]]);
    });
  }
  for (std::size_t i = 0; i < target.places.size(); i++) {
    double& element = storages_[target.storage][target.places[i]];
    const double value = number ? step[3].get<double>() : operand[i];
    if (name.starts_with("add")) element += value;
    if (name.starts_with("multiply")) element *= value;
    if (name == "assign" || name == "fill") element = value;
  }
}

void IndexMaps::step(const nlohmann::json& step) {
  const std::string name = step[0];
  if (name == "leaf") {
    add_new(dims_of(step[4]), step[5].get<std::vector<double>>());
  } else if (name == "times" || name == "times_number" || name == "plus_number") {
    const auto a = step[3].get<std::size_t>();
    std::vector<double> result = values(a);
    const std::vector<double> b = name == "times" ? values(step[4].get<std::size_t>()) : std::vector{step[4].get<double>()};
    Dims shape = tensors_[a].shape;
    if (b.size() != 1 && result.size() == 1) {
      result.assign(b.size(), result[0]);
      shape = tensors_[step[4].get<std::size_t>()].shape;
    }
    for (std::size_t i = 0; i < result.size(); i++) {
      const double other = b.size() == 1 ? b[0] : b[i];
      result[i] = name == "plus_number" ? result[i] + other : result[i] * other;
    }
    add_new(shape, result);
  } else if (name.starts_with("add") || name.starts_with("multiply") || name == "assign" || name == "fill") {
    write(name, step);
  } else {
    add_view(name, step);
    const bool copies = name == "clone" || name == "flip" || ((name == "reshape" || name == "contiguous") && step.back() == 0);
    if (copies) {
      const std::size_t last = tensors_.size() - 1;
      std::vector<double> own = values(last);
      const Dims shape = tensors_[last].shape;
      tensors_.pop_back();
      add_new(shape, std::move(own));
    }
  }
}

}  // namespace argent::tensor

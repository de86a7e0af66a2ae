#pragma once

#include <concepts>
#include <memory>
#include <type_traits>
#include <utility>

namespace strata {

// Something that can be called, for as long as a call that is given it lasts: two pointers, where
// std::function would own a copy. (C++26 has std::function_ref.)
template <typename Signature>
class FunctionRef;

template <typename Answer, typename... Arguments>
class FunctionRef<Answer(Arguments...)> {
 public:
  template <typename Function>
    requires(!std::same_as<std::remove_cvref_t<Function>, FunctionRef> &&
             std::is_invocable_r_v<Answer, Function&, Arguments...>)
  FunctionRef(Function&& function)
      : function_(const_cast<void*>(static_cast<const void*>(std::addressof(function)))),
        call_([](void* erased, Arguments... arguments) -> Answer {
          return (*static_cast<std::remove_reference_t<Function>*>(erased))(
              std::forward<Arguments>(arguments)...);
        }) {}

  Answer operator()(Arguments... arguments) const {
    return call_(function_, std::forward<Arguments>(arguments)...);
  }

 private:
  void* function_;
  Answer (*call_)(void* function, Arguments... arguments);
};

}  // namespace strata

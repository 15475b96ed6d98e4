// Copies what the page shows once. Without a script, or without the right to, it is selected and copied by hand.
(function () {
  'use strict'
  document.querySelectorAll('[data-copies]').forEach(function (button) {
    const shown = document.getElementById(button.dataset.copies)
    button.hidden = false
    button.addEventListener('click', function () {
      window.getSelection().selectAllChildren(shown)
      if (!navigator.clipboard) {
        return
      }
      navigator.clipboard.writeText(shown.textContent).then(function () {
        button.textContent = button.dataset.done
      }, function () {})
    })
  })
})()

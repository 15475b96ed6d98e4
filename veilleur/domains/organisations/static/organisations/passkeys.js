// Says on the page what the library would only say on the console: that the browser used no passkey.
(function () {
  'use strict'
  document.addEventListener('allauth.error', function (event) {
    const note = document.getElementById('passkey-refused')
    if (note === null) {
      return
    }
    event.preventDefault()
    note.hidden = false
    note.scrollIntoView({ block: 'nearest' })
  })
})()
